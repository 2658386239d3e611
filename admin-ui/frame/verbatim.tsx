import { Box } from '@mui/material';
import { monospace } from '../theme.ts';

/** A text byte for byte as it is, to be read and copied. It scrolls, so it can be reached by keyboard. */
export function Verbatim({ text, label, wrap = false }: { text: string; label: string; wrap?: boolean }) {
  return (
    <Box
      component="section"
      tabIndex={0}
      aria-label={label}
      sx={{
        p: 1.5,
        '& pre': { m: 0, font: 'inherit', ...(wrap ? { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' } : {}) },
        maxHeight: 420,
        overflow: 'auto',
        fontFamily: monospace,
        fontSize: '0.8125rem',
        lineHeight: 1.5,
        bgcolor: 'background.default',
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
      }}
    >
      <pre>{text}</pre>
    </Box>
  );
}
