import { useQuery } from '@tanstack/react-query';
import { usePoll } from '../live/use-poll.ts';
import type { DeviceFilter } from '../provider/data-provider.ts';
import { useConsoleData } from '../provider/use-console-data.ts';

export function useDevices(filter: DeviceFilter) {
  const data = useConsoleData();
  return useQuery({
    queryKey: ['devices', filter],
    queryFn: ({ signal }) => data.devices(filter, signal),
    // What is shown stays while the next letter is asked for.
    placeholderData: (before) => before,
    refetchInterval: usePoll(),
    retry: false,
  });
}

export function useDevice(id: string) {
  const data = useConsoleData();
  return useQuery({
    queryKey: ['devices', id],
    queryFn: ({ signal }) => data.device(id, signal),
    refetchInterval: usePoll(),
    retry: false,
  });
}
