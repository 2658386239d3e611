/** What every reader of a format throws. The sentence says what is wrong with the text and where, never what a secret in it was. */
export class Malformed extends Error {}
