import ContentCopy from '@mui/icons-material/ContentCopy';
import Done from '@mui/icons-material/Done';
import { Box, IconButton, Tooltip } from '@mui/material';
import { useEffect, useState } from 'react';
import { useSay } from '../say.ts';
import { monospace } from '../theme.ts';
import { OnlyHeard } from './only-heard.tsx';

type CopyableProps = { value: string; what: string; shown?: string };

/** An identifier in fixed width with a button that copies it whole, however much of it is shown. */
export function Copyable({ value, what, shown = value }: CopyableProps) {
  const say = useSay();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const label = copied ? say('word.copied') : say('word.copy', { what });
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5, maxWidth: '100%' }}>
      <Box component="span" sx={{ fontFamily: monospace, fontSize: '0.875em', overflowWrap: 'anywhere' }}>
        {shown}
      </Box>
      <Tooltip title={label}>
        <IconButton size="small" aria-label={label} onClick={() => void navigator.clipboard.writeText(value).then(() => setCopied(true))}>
          {copied ? <Done fontSize="inherit" /> : <ContentCopy fontSize="inherit" />}
        </IconButton>
      </Tooltip>
      <OnlyHeard live>{copied ? say('word.copied') : ''}</OnlyHeard>
    </Box>
  );
}
