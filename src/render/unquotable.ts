/** A value that must not be written into a Containerfile or a shell command; whoever knows the place says where. */
export class Unquotable extends Error {}
