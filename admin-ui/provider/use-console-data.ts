import { useDataProvider } from 'react-admin';
import type { ConsoleProvider } from './data-provider.ts';

/** The data provider with what a person can do here; a lost session in any answer signs out. */
export const useConsoleData = () => useDataProvider<ConsoleProvider>();
