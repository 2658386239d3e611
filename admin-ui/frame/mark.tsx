/** Two check marks, one set under the other: what one person starts, another countersigns. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="7" fill="#0b4f6c" />
      <path d="M7 13.5l4 4 6.5-8" fill="none" stroke="#fff" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" />
      <path d="M14.5 21.5l4 4 6.5-8" fill="none" stroke="#7fd1c7" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
