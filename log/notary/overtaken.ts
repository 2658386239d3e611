/** Another notary has moved the log: this one must end, since two would sign two histories. */
export class Overtaken extends Error {
  constructor() {
    super('Another notary has moved this log. One is enough: this one ends.');
  }
}
