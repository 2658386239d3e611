/**
 * Whether a text can be the name of an account at all: sAMAccountName, user principal name or DOMAIN\name, without the
 * characters that no account name can hold (MS-ADTS §3.1.1.6). Its form alone is judged, so the answer says nothing about
 * who exists; and many a password typed into the wrong box goes no further.
 */
export function canBeAccountName(text: string): boolean {
  return text.length <= 256 && text.isWellFormed() && /^[^"[\]:;|=*?<>/,\p{Cc}]+$/u.test(text);
}
