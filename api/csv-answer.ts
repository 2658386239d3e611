import Papa from 'papaparse';
import type { Answer } from './endpoint.ts';

type Cell = string | number | null;

/**
 * A table as a file to be saved (RFC 4180), safe to open in a spreadsheet: a cell that begins with = + - @ or a tab is a
 * formula to one, and gets an apostrophe before it (OWASP, CSV injection).
 */
export function csvAnswer(name: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): Answer {
  return {
    status: 200,
    body: Papa.unparse({ fields: [...columns], data: rows.map((row) => [...row]) }, { escapeFormulae: true, quotes: true }),
    headers: { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': `attachment; filename="${name}.csv"` },
  };
}
