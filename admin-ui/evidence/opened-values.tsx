import { Box, Button, Typography } from '@mui/material';
import { useMutation } from '@tanstack/react-query';
import { usePermissions } from 'react-admin';
import { Fact, Facts } from '../frame/facts.tsx';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Role } from '../records.ts';
import { useSay } from '../say.ts';
import { words } from '../words.ts';

const MEMBERS = words.cs.evidence.member;

/** What a leaf commits to of personal data. Nothing is asked for before an auditor says so, since asking is recorded. */
export function OpenedValues({ leaf }: { leaf: string }) {
  const say = useSay();
  const data = useConsoleData();
  const { permissions } = usePermissions<Role[]>();
  const { data: opened, error, isPending, mutate } = useMutation({ mutationFn: () => data.openings(leaf) });
  if (!permissions?.includes('auditor')) return null;
  return (
    <Box sx={{ mt: 2, containerType: 'inline-size' }}>
      <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
        {say('evidence.openedLead')}
      </Typography>
      {!opened && (
        <Button size="small" variant="outlined" disabled={isPending} onClick={() => mutate()}>
          {say('evidence.open')}
        </Button>
      )}
      <Box component="output" sx={{ display: 'block' }}>
        {error && <Typography>{say('problem.generic')}</Typography>}
        {opened?.items.length === 0 && <Typography>{say('evidence.noneOpened')}</Typography>}
        {opened && opened.items.length > 0 && (
          <Facts>
            {opened.items.map(({ member, opening }) => (
              <Fact key={member} term={nameOf(member, say)}>
                {opening ? (
                  <>
                    {opening.value}
                    <Typography variant="body2" color="textSecondary">
                      {say('evidence.salt', { salt: opening.salt })}
                    </Typography>
                  </>
                ) : (
                  say('evidence.erased')
                )}
              </Fact>
            ))}
          </Facts>
        )}
      </Box>
    </Box>
  );
}

function nameOf(member: string, say: ReturnType<typeof useSay>): string {
  return Object.hasOwn(MEMBERS, member) ? say(`evidence.member.${member as keyof typeof MEMBERS}`) : member; // checked on the same line
}
