import { Box, Typography } from '@mui/material';
import { useMemo } from 'react';
import { useSay } from '../say.ts';
import { placeAt } from './place-in-text.ts';
import { explained, type Schema } from './schema-help.ts';

/** What the setting under the cursor means, and what may stand in it, by the descriptions of the published schema. */
export function KeyHelp({ schema, text, cursor }: { schema: Schema | undefined; text: string; cursor: number }) {
  const say = useSay();
  const help = useMemo(() => (schema ? explained(schema, placeAt(text, cursor)) : undefined), [schema, text, cursor]);
  return (
    <Box component="section" aria-label={say('policies.help.title')}>
      <Typography variant="h3">{help ? <code>{help.name}</code> : say('policies.help.title')}</Typography>
      <Typography sx={{ mt: 0.5 }} color={help ? 'textPrimary' : 'textSecondary'}>
        {help ? help.description : say('policies.help.nothing')}
      </Typography>
      {help && help.values.length > 0 && (
        <Typography variant="body2" sx={{ mt: 0.5 }}>
          {say('policies.help.values', { values: help.values.join(', ') })}
        </Typography>
      )}
      {help && help.settings.length > 0 && (
        <Box component="dl" sx={{ m: 0, mt: 1, maxHeight: '14rem', overflow: 'auto', fontSize: '0.875rem' }} tabIndex={0}>
          {help.settings.map(({ name, description, needed }) => (
            <Box key={name} sx={{ mb: 0.5 }}>
              <Box component="dt" sx={{ display: 'inline', fontWeight: 650 }}>
                <code>{name}</code>
                {needed && ` (${say('policies.help.needed')})`}
              </Box>
              <Box component="dd" sx={{ display: 'inline', m: 0, ml: 1 }}>
                {description}
              </Box>
            </Box>
          ))}
        </Box>
      )}
    </Box>
  );
}
