import { TextField } from '@mui/material';
import type { Ref } from 'react';
import { monospace } from '../theme.ts';

type TotpFieldProps = {
  /** Where several stand on one page. */
  id?: string;
  label: string;
  hint: string;
  problem?: string;
  value: string;
  onChange: (value: string) => void;
  inputRef?: Ref<HTMLInputElement>;
  disabled?: boolean;
};

/** A field for a code from an authenticator: can be pasted, and offers the numeric keyboard. */
export function TotpField({ id = 'totp', label, hint, problem, value, onChange, inputRef, disabled = false }: TotpFieldProps) {
  return (
    <TextField
      id={id}
      label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={problem !== undefined}
      helperText={problem ?? hint}
      {...(inputRef ? { inputRef } : {})}
      disabled={disabled}
      slotProps={{
        htmlInput: {
          inputMode: 'numeric',
          autoComplete: 'one-time-code',
          spellCheck: false,
          maxLength: 16,
          'aria-required': true,
          style: { fontFamily: monospace, letterSpacing: '0.15em', fontSize: '1.125rem' },
        },
      }}
    />
  );
}
