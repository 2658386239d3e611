/** One line of the doctor: what was seen, and what to do when it is not good. `unknown`: it could not be looked at. */
export type Finding = { verdict: 'good' | 'bad' | 'unknown'; said: string; fix?: string };
export type Check = () => Promise<Finding>;

export const good = (said: string): Finding => ({ verdict: 'good', said });
export const bad = (said: string, fix: string): Finding => ({ verdict: 'bad', said, fix });
export const unknown = (said: string, fix?: string): Finding => ({ verdict: 'unknown', said, ...(fix === undefined ? {} : { fix }) });
