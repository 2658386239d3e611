/** The six digits in what was typed or pasted, with any spaces and hyphens; undefined when they are not six digits. */
export function readTotp(typed: string): string | undefined {
  const digits = typed.replace(/[\s\p{Pd}]/gu, '');
  return /^\d{6}$/.test(digits) ? digits : undefined;
}
