import { Box, Typography } from '@mui/material';
import { diffLines } from 'diff';
import { useSay } from '../say.ts';
import { monospace } from '../theme.ts';

/** What one text changes against another, line by line; what stays is folded to the lines around. */
export function Changes({ before, after }: { before: string; after: string }) {
  const say = useSay();
  const parts = diffLines(before, after);
  if (parts.every(({ added, removed }) => !added && !removed)) return <Typography>{say('policies.noChange')}</Typography>;
  return (
    <Box
      component="section"
      tabIndex={0}
      aria-label={say('policies.lines')}
      sx={{
        maxHeight: 420,
        overflow: 'auto',
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
        fontFamily: monospace,
        fontSize: '0.8125rem',
      }}
    >
      {parts.map((part, index) => {
        const sign = part.added ? '+' : part.removed ? '−' : ' ';
        const lines = part.value.replace(/\n$/, '').split('\n');
        const shown = part.added || part.removed || lines.length <= 6 ? lines : [...lines.slice(0, 3), '⋯', ...lines.slice(-3)];
        return (
          <Box
            key={`${index} ${part.value.slice(0, 40)}`}
            sx={{
              px: 1.5,
              py: 0.25,
              whiteSpace: 'pre',
              bgcolor: part.added ? 'success.light' : part.removed ? 'error.light' : undefined,
              color: part.added || part.removed ? 'common.black' : 'text.secondary',
            }}
          >
            {(part.added || part.removed) && (
              <Box component="span" sx={{ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' }}>
                {say(part.added ? 'policies.added' : 'policies.removed')}
              </Box>
            )}
            {shown.map((line) => `${sign} ${line}`).join('\n')}
          </Box>
        );
      })}
    </Box>
  );
}
