/** Bytes that are not what their format demands. Whoever knows the file says which one it is. */
export class Malformed extends Error {}
