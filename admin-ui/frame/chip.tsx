import { Box, type SvgIconProps } from '@mui/material';
import { alpha } from '@mui/material/styles';
import type { ComponentType } from 'react';

export type Tone = 'success' | 'warning' | 'error' | 'info' | 'neutral';

/** A state in words with a shape beside it: the colour only repeats what the words say. */
export function Chip({ tone, icon: Icon, children }: { tone: Tone; icon?: ComponentType<SvgIconProps>; children: string }) {
  return (
    <Box
      component="span"
      sx={(theme) => {
        const colour = tone === 'neutral' ? theme.palette.text.secondary : theme.palette[tone].main;
        return {
          display: 'inline-flex',
          alignItems: 'center',
          gap: 0.5,
          px: 1,
          py: 0.25,
          borderRadius: 1,
          fontSize: '0.8125rem',
          fontWeight: 600,
          lineHeight: 1.5,
          whiteSpace: 'nowrap',
          color: colour,
          bgcolor: alpha(colour, theme.palette.mode === 'dark' ? 0.14 : 0.08),
          border: `1px solid ${alpha(colour, 0.35)}`,
        };
      }}
    >
      {Icon && <Icon sx={{ fontSize: 16 }} aria-hidden />}
      {children}
    </Box>
  );
}
