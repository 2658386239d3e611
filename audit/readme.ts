/** What lies in every bundle for whoever opens it without knowing the product. */
export const readme = `# A bundle of evidence

This archive shows what was done to one or more accounts, by whom, on what authority, and that nothing of it was changed
since. You need to trust neither the system that made it nor its operators: only the trust policy that you were given at
the key ceremony, on paper or on your own disk.

## Verify it

    node verify.mjs <this archive> --policy <your trust policy> --verifier-key <your verifier.pem> --export-key <your export.vkey>

Add --checkpoint with a checkpoint that you held before; the first time you hold none, and the one in here proves nothing
about what others were shown. Without your own keys the copies in here are used, and the report says so. Do not unpack the
archive first: it is judged as the one file that you were given. Node 20 or newer is all it takes; no network is used. Use the copy of verify.mjs that you received at the key ceremony
rather than the one in here, which came with what it judges. Every check is printed with the clause that it serves, then
what is NOT proven. Exit code: 0 sound, 1 tampered, 2 incomplete, 3 wrong usage. An archive that was cut, or packed again by another
program, is called tampered too.

What the workflow itself did is played again by a copy of the product, from this archive and what you hold:

    countersign replay --bundle <this archive> --policy <your trust policy> --verifier-key <yours> --export-key <yours>

Keep checkpoint.note afterwards: name it with --checkpoint next time, and with --since-checkpoint when you ask for the
next bundle. Then nobody can take back or rewrite what you have seen.

## What is in it

| file | what | format |
|---|---|---|
| manifest.json, manifest.note | size and SHA-256 of every file, signed by the export key | RFC 8785, C2SP signed-note |
| events.ndjson | the leaves, a line each, by rising index | RFC 8785 |
| proofs/<index>.tlog-proof | the place of each leaf in the log; the n-th line belongs to the n-th index | C2SP tlog-proof |
| checkpoint.note | the tree that they are proven under, signed by the log, cosigned by the witnesses | C2SP tlog-checkpoint |
| receipts/<index>.* | what the writer was shown before it wrote, and that the log only grew since | C2SP tlog-proof, tlog-witness |
| prior.note, consistency.txt | the checkpoint that you named, and that the log only grew since | C2SP tlog-witness |
| statements.ndjson | what the verifier signed: who was identified, proven, checked, who decided | Ed25519, RFC 8785 |
| policy/<sha256>.yaml | the rules that were in force for these resets | YAML 1.2 |
| openings.json | personal data behind the commitments (members ending in _c), where disclosed and not erased | RFC 8785 |
| history/<run>.json | the workflow's history, sealed into the log by its hash | JSON |
| history-keys.json | what opens these histories and no others, where personal data was disclosed | RFC 8785 |
| code/<sha256>.js | the code that these histories ran on, under the hash that was sealed with them | JavaScript |
| trust/ | copies of trust policy and keys: compare them with yours | C2SP tlog-policy, SPKI, vkey |

Other people's programs read the same files: golang.org/x/mod/sumdb/note opens the notes, transparency-dev/merkle
checks the proofs, and any C2SP witness answers consistency.txt and receipts/<index>.consistency.txt.

## By hand

- Hash of a leaf: SHA-256(0x00 || the line of events.ndjson without its newline). Its proof is proofs/<index>.tlog-proof, the n-th
  index by number belonging to the n-th line. "prev" is the base64 of the hash of the reset's leaf before it.
- A commitment (a member ending in _c): base64(SHA-256(0x02 || salt || value)), salt and value from openings.json, the salt
  decoded from base64 (16 bytes), the value as RFC 8785 writes it, so a text with its quotation marks.
- A statement's signature: Ed25519 by trust/verifier.pem over "countersign/attestation/v1" and a newline, then its text. The hash
  by which leaves name a statement is SHA-256 of the text alone.
- manifest.note signs two lines: "countersign.bundle/v1" and the base64 of SHA-256(manifest.json).
`;
