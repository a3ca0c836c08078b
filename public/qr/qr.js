// @ts-check
/** QR codes. */
export {};
