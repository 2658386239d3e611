import { Box, Button, Stack, ToggleButton, ToggleButtonGroup } from '@mui/material';
import { useState } from 'react';
import { usePermissions } from 'react-admin';
import { Link, useSearchParams } from 'react-router-dom';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { useShortcuts } from '../frame/use-shortcuts.ts';
import type { Role } from '../records.ts';
import { useSay } from '../say.ts';
import { oneByOneAt } from './chosen.ts';
import { FindField } from './find-field.tsx';
import { InboxPart } from './inbox-part.tsx';
import { ShortcutHelp } from './shortcut-help.tsx';
import { useListKeys } from './use-list-keys.ts';

/** The approvals that this person may see: what they may decide now first, then what waits for others; what is over behind a switch. */
export function InboxPage() {
  return (
    <Gate page="inbox">
      <Inbox />
    </Gate>
  );
}

function Inbox() {
  const say = useSay();
  const [shortcuts] = useShortcuts();
  const { permissions } = usePermissions<Role[]>();
  const [asked, setAsked] = useSearchParams();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const list = useListKeys(shortcuts);
  const decides = (permissions ?? []).includes('approver');
  const find = asked.get('find') ?? '';
  const over = asked.get('show') === 'over';
  const ask = (name: 'find' | 'show', value: string) => {
    const { [name]: _replaced, ...others } = Object.fromEntries(asked);
    setAsked(value === '' ? others : { ...others, [name]: value }, { replace: true });
  };
  return (
    <Page title={say('page.inbox')} lead={say('inbox.lead')} actions={<ShowSwitch over={over} onShow={(show) => ask('show', show)} />}>
      <FindField applied={find} onFind={(typed) => ask('find', typed)} />
      <Stack spacing={3} ref={list}>
        {over ? (
          <InboxPart key={`over ${find}`} part="over" find={find} title={say('inbox.decided')} empty={say('inbox.emptyDecided')} />
        ) : (
          <>
            {decides && (
              <InboxPart
                key={`mine ${find}`}
                part="mine"
                find={find}
                title={say('inbox.mine')}
                empty={say('inbox.emptyMine')}
                teach={say('inbox.emptyMineTeach')}
                chosen={chosen}
                onChosen={setChosen}
              />
            )}
            {chosen.length > 0 && <OneByOne chosen={chosen} onForget={() => setChosen([])} />}
            <InboxPart key={`others ${find}`} part="others" find={find} title={say('inbox.others')} empty={say('inbox.emptyOthers')} />
          </>
        )}
        <ShortcutHelp />
      </Stack>
    </Page>
  );
}

/** Stays in sight while rows are chosen on several pages. */
function OneByOne({ chosen, onForget }: { chosen: readonly string[]; onForget: () => void }) {
  const say = useSay();
  return (
    <Stack
      direction="row"
      sx={{
        alignItems: 'center',
        flexWrap: 'wrap',
        gap: 2,
        p: 2,
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
        bgcolor: 'background.paper',
      }}
    >
      <Box component="output">{say('batch.chosen', { smart_count: chosen.length })}</Box>
      <Button component={Link} to={oneByOneAt(chosen)} variant="contained">
        {say('batch.begin')}
      </Button>
      <Button onClick={onForget}>{say('batch.forget')}</Button>
    </Stack>
  );
}

function ShowSwitch({ over, onShow }: { over: boolean; onShow: (show: string) => void }) {
  const say = useSay();
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      value={over ? 'over' : 'waiting'}
      aria-label={say('inbox.show')}
      onChange={(_, show: string | null) => show && onShow(show === 'over' ? 'over' : '')}
    >
      <ToggleButton value="waiting">{say('inbox.showWaiting')}</ToggleButton>
      <ToggleButton value="over">{say('inbox.showDecided')}</ToggleButton>
    </ToggleButtonGroup>
  );
}
