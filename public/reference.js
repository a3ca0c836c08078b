// Shows the OpenAPI document of this portal in Swagger UI, which is no module and so gets an element of its own.

/** Swagger UI, once its script has run. */
function viewer() {
  const { href } = document.querySelector("link[data-viewer]");
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = href;
    script.addEventListener("load", () => resolve(window.SwaggerUIBundle));
    script.addEventListener("error", () => reject(new Error(`${href} could not be loaded`)));
    document.head.append(script);
  });
}

/** Light or dark, as everything else is on this machine. */
function follow(dark) {
  const root = document.documentElement;
  const set = () => root.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", set);
  set();
}

follow(window.matchMedia("(prefers-color-scheme: dark)"));

const SwaggerUI = await viewer();
SwaggerUI({
  url: "/api/openapi.json",
  dom_id: "#reference",
  // The other layout has a bar to type addresses of other documents into.
  layout: "BaseLayout",
  // Nothing is asked of anybody else.
  validatorUrl: "none",
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
});
