import { Button, Stack } from '@mui/material';
import { lettersStatement } from '#domain/joint-act.ts';
import { OfficerForm } from '../officers/officer-form.tsx';
import { useOfficer } from '../officers/use-officer.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { CampaignShown, Letters } from '../records.ts';
import { useSay } from '../say.ts';

type LettersFormProps = {
  campaign: Pick<CampaignShown, 'id' | 'mine'>;
  /** Whose letter is made anew; without it, those of all. */
  of?: CampaignShown['persons'][number];
  onMade: (letters: Letters) => void;
  onCancel?: () => void;
};

/** Whoever approved a campaign makes its letters, signed with their key. */
export function LettersForm({ campaign, of, onMade, onCancel }: LettersFormProps) {
  const say = useSay();
  const data = useConsoleData();
  const one = of ? { of: of.account } : {};
  const officer = useOfficer({
    begin: (reason) => data.beginCampaignDeed(campaign.id, 'letters', reason),
    statement: (ceremony, reason) => lettersStatement(ceremony, { campaign: campaign.id, ...one, reason }),
    send: async (confirmed, key) => {
      onMade(await data.campaignLetters(campaign.id, { ...confirmed, ...one }, key));
      return { message: say('campaigns.letters.made') };
    },
  });
  return (
    <Stack spacing={2}>
      <OfficerForm
        name="letters"
        hint={say(of ? 'campaigns.letters.anewHint' : 'campaigns.letters.hint')}
        submit={of ? say('campaigns.letters.anewSubmit', { name: of.name }) : say('campaigns.letters.submit')}
        whyNot={campaign.mine ? undefined : say('campaigns.letters.notMine')}
        needsKey
        officer={officer}
      />
      {onCancel && (
        <div>
          <Button onClick={onCancel}>{say('campaigns.letters.cancel')}</Button>
        </div>
      )}
    </Stack>
  );
}
