import { useQuery } from '@tanstack/react-query';
import { useConsoleData } from '../provider/use-console-data.ts';

/** Whether the person has a key to confirm with; undefined until that is known. */
export function useHasKey(): boolean | undefined {
  const data = useConsoleData();
  const { data: keys } = useQuery({ queryKey: ['passkeys'], queryFn: ({ signal }) => data.keys(signal), retry: false });
  return keys && keys.length > 0;
}
