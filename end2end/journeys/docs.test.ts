// The reference for programs, read in a browser: it is whole, tries requests out, and asks nobody else for anything.
import { expect, test } from "../outside/test.ts";

test("the reference shows every operation, and a request is tried out from it", async ({ visitor: { page } }) => {
  const { paths } = await (await page.request.get("/api/openapi.json")).json();
  const operations = Object.values<object>(paths).flatMap((path) => Object.keys(path));
  expect(operations.length).toBeGreaterThan(15);
  await page.goto("/api/docs");
  await expect(page).toHaveTitle("For programs · Postern");
  await expect(page.locator(".opblock")).toHaveCount(operations.length);

  for (const id of ["Health-alive", "Session-showSession"]) {
    const operation = page.locator(`#operations-${id}`);
    await operation.locator(".opblock-summary-control").click();
    await operation.getByRole("button", { name: "Try it out" }).click();
    await operation.getByRole("button", { name: "Execute" }).click();
    await expect(operation.locator(".live-responses-table tbody .response-col_status")).toContainText("200");
  }
  await expect(page.locator("#operations-Session-showSession .live-responses-table")).toContainText('"level": 0');
  expect((await page.context().cookies()).map(({ name }) => name)).toEqual(["postern"]);

  // The page is one of ours, so that it may change something, too.
  const end = page.locator("#operations-Session-endSession");
  await end.locator(".opblock-summary-control").click();
  await end.getByRole("button", { name: "Try it out" }).click();
  await end.getByRole("button", { name: "Execute" }).click();
  await expect.poll(() => page.context().cookies()).toEqual([]);
});

test("the reference says what a body and an answer are made of", async ({ visitor: { page } }) => {
  await page.goto("/api/docs");
  const operation = page.locator("#operations-Authenticator_app-beginTotp");
  await operation.locator(".opblock-summary-control").click();
  await expect(operation).toContainText("otpauth://totp/Postern");
  await expect(operation).toContainText("urn:postern:already-enrolled");
  await operation.getByRole("tab", { name: "Schema" }).first().click();
  await expect(operation).toContainText("interval");
});

test("without scripts the reference says where the document is", async ({ newVisitor }) => {
  const { page } = await newVisitor({ javaScriptEnabled: false });
  await page.goto("/api/docs");
  await expect(page.getByText("This reader needs a script.")).toBeVisible();
  const link = page.getByRole("link", { name: "OpenAPI document" });
  const document = await page.request.get((await link.getAttribute("href")) ?? "");
  expect((await document.json()).openapi).toBe("3.1.0");
});

test("the reference is dark where everything else is", async ({ newVisitor }) => {
  const { page } = await newVisitor({ colorScheme: "dark" });
  await page.goto("/api/docs");
  await expect(page.locator(".opblock").first()).toBeVisible();
  await expect(page.locator("html")).toHaveClass("dark-mode");
  await page.emulateMedia({ colorScheme: "light" });
  await expect(page.locator("html")).not.toHaveClass("dark-mode");
});
