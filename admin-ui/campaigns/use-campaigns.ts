import { useQuery } from '@tanstack/react-query';
import { useConsoleData } from '../provider/use-console-data.ts';

/** Somebody may use their letter at any moment, and a second person approve. */
const EVERY_MS = 15_000;

export function useCampaigns() {
  const data = useConsoleData();
  return useQuery({
    queryKey: ['campaigns'],
    queryFn: async ({ signal }) => {
      const [campaigns, acts] = await Promise.all([data.campaigns(signal), data.jointActs(signal)]);
      const open = acts.items.filter(({ deed, state }) => 'campaign' in deed && state === 'proposed');
      return { campaigns, open };
    },
    refetchInterval: EVERY_MS,
    retry: false,
  });
}

export function useCampaign(id: string) {
  const data = useConsoleData();
  return useQuery({
    queryKey: ['campaigns', id],
    queryFn: ({ signal }) => data.campaign(id, signal),
    refetchInterval: EVERY_MS,
    retry: false,
  });
}
