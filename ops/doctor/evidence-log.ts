import { Client } from 'pg';
import { readSecretLine } from '#config';
import { auditorUrlFile } from '../setup/database-roles.ts';
import { bad, good, unknown, type Finding } from './finding.ts';

/** Whether the evidence log is witnessed as far as it goes, and which witness does not cosign. Without the quorum nothing is written. */
export async function evidenceLog(state: string): Promise<Finding> {
  const client = new Client({ connectionString: readSecretLine(auditorUrlFile(state)), connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    const [head] = (await client.query<{ size: string; witnessed: string }>('SELECT size, published_size AS witnessed FROM log_head')).rows;
    if (!head) return unknown('the notary has not opened the evidence log yet', 'npm start');
    const { rows } = await client.query<{ name: string; answer: string }>('SELECT name, answer FROM witness_view ORDER BY name');
    const silent = rows.filter(({ answer }) => answer !== 'cosigned').map(({ name, answer }) => `${name} (${answer})`);
    if (head.size !== head.witnessed)
      return bad(
        `${Number(head.size) - Number(head.witnessed)} leaves wait for the quorum of witnesses, and nothing is written meanwhile${silent.length > 0 ? `: ${silent.join(', ')}` : ''}`,
        'start the witnesses; the log goes on by itself',
      );
    if (silent.length > 0)
      return bad(`the log is witnessed, but not by ${silent.join(', ')}`, 'start that witness before another one goes');
    return good(`all ${head.size} leaves of the evidence log are witnessed, ${rows.length} of ${rows.length} witnesses cosign`);
  } catch {
    return unknown('the evidence log could not be looked at', 'npm start');
  } finally {
    await client.end().catch(() => {});
  }
}
