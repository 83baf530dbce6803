/** The product's version, the same as in package.json (a test compares them: the bundle has no package.json beside it). */
export const VERSION = '0.1.0';
