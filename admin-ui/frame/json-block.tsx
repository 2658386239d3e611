import { Verbatim } from './verbatim.tsx';

/** A record in the form that people read. */
export function JsonBlock({ value, label }: { value: unknown; label: string }) {
  return <Verbatim text={JSON.stringify(value, null, 2)} label={label} />;
}
