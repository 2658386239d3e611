import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useConsoleData } from '../provider/use-console-data.ts';

/** As long as somebody types, nothing is asked. */
const PAUSE_MS = 700;

/** What is wrong with a text and what came of its tests, a moment after it was last changed; the last answer stays until the next one. */
export function useCheck(text: string) {
  const data = useConsoleData();
  const queries = useQueryClient();
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { data: checked } = useQuery({
    queryKey: ['policy-check', settled],
    queryFn: () => data.checkPolicy(settled),
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
  });
  return {
    checked,
    checkNow: () => {
      setSettled(text);
      void queries.invalidateQueries({ queryKey: ['policy-check'] });
    },
  };
}
