/** Program header types (System V ABI, gABI 5). */
const [PT_LOAD, PT_INTERP, PT_NOTE, PT_PHDR] = [1, 3, 4, 6];
const PAGE = 0x1000;
/** Size of a program header in a 64-bit ELF file, and where its fields are. */
const HEADER = 56;
const FIELDS = { type: 0, flags: 4, offset: 8, address: 16, physical: 24, inFile: 32, inMemory: 40, align: 48 } as const;

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/**
 * Puts bytes into a 64-bit little-endian ELF program, where it finds them while it runs: as a note of this name in a segment of their own, which
 * is what Node looks for in a single executable (dl_iterate_phdr, PT_NOTE). The table of segments grows by one; it takes the room of the
 * interpreter's name, which moves to the new segment, and of the notes behind it. Throws when the program is laid out in another way.
 */
export function withNote(program: Buffer, name: string, content: Buffer): Buffer {
  const fault = (what: string): never => {
    throw new Error(`the program is not laid out as expected: ${what}`);
  };
  if (program.readUInt32BE(0) !== 0x7f454c46 || program[4] !== 2 || program[5] !== 1) fault('no 64-bit little-endian ELF');
  const [tableAt, size, count] = [Number(program.readBigUInt64LE(32)), program.readUInt16LE(54), program.readUInt16LE(56)];
  if (size !== HEADER) fault('program headers of another size');
  const headers: Buffer[] = Array.from({ length: count }, (_, at) =>
    Buffer.from(program.subarray(tableAt + at * HEADER, tableAt + (at + 1) * HEADER)),
  );
  const get = (header: Buffer, field: keyof typeof FIELDS): number =>
    field === 'type' || field === 'flags' ? header.readUInt32LE(FIELDS[field]) : Number(header.readBigUInt64LE(FIELDS[field]));
  const set = (header: Buffer, fields: Partial<Record<keyof typeof FIELDS, number>>): Buffer => {
    for (const [field, value] of Object.entries(fields) as [keyof typeof FIELDS, number][])
      if (field === 'type' || field === 'flags') header.writeUInt32LE(value, FIELDS[field]);
      else header.writeBigUInt64LE(BigInt(value), FIELDS[field]);
    return header;
  };
  const ofType = (type: number): Buffer[] => headers.filter((header) => get(header, 'type') === type);
  const [interpreter, note, table] = [ofType(PT_INTERP)[0], ofType(PT_NOTE)[0], ofType(PT_PHDR)[0]];
  if (!interpreter || !note || !table || ofType(PT_NOTE).length > 1) return fault('other segments');
  // Nothing but the interpreter's name and the notes may lie where the longer table ends.
  const tableEnd = tableAt + (count + 1) * HEADER;
  if (get(interpreter, 'offset') < tableAt + count * HEADER || get(note, 'offset') + get(note, 'inFile') < tableEnd) fault('no room');
  const interpreterName = program.subarray(get(interpreter, 'offset'), get(interpreter, 'offset') + get(interpreter, 'inFile'));

  const loads = ofType(PT_LOAD);
  const highest = Math.max(...loads.map((header) => get(header, 'address') + get(header, 'inMemory')));
  const [offset, address] = [roundUp(program.length, PAGE), roundUp(highest, PAGE)];
  const noteName = Buffer.from(`${name}\0`, 'ascii');
  const sizes = Buffer.alloc(12);
  sizes.writeUInt32LE(noteName.length, 0);
  sizes.writeUInt32LE(content.length, 4);
  const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(roundUp(bytes.length, 4) - bytes.length)]);
  const wholeNote = Buffer.concat([sizes, padded(noteName), padded(content)]);
  const segment = Buffer.concat([wholeNote, interpreterName]);

  const place = (at: number, length: number) => ({
    offset: offset + at,
    address: address + at,
    physical: address + at,
    inFile: length,
    inMemory: length,
  });
  const load: Buffer = set(Buffer.alloc(HEADER), { type: PT_LOAD, flags: 4, align: PAGE, ...place(0, segment.length) });
  set(interpreter, place(wholeNote.length, interpreterName.length));
  set(note, place(0, wholeNote.length));
  set(table, { inFile: (count + 1) * HEADER, inMemory: (count + 1) * HEADER });
  // Segments that are loaded stand in the order of their addresses: the new one after the last of them.
  headers.splice(headers.lastIndexOf(loads.at(-1) ?? load) + 1, 0, load);
  const made = Buffer.concat([program, Buffer.alloc(offset - program.length), segment]);
  Buffer.concat(headers).copy(made, tableAt);
  made.writeUInt16LE(count + 1, 56);
  // The table of sections, which only tools read, would name places that hold something else by now.
  made.writeBigUInt64LE(0n, 40);
  made.writeUInt16LE(0, 60);
  made.writeUInt16LE(0, 62);
  return made;
}
