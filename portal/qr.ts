import { create } from 'qrcode';
import { html, type Html } from './html.ts';

/** Free modules around the symbol, as ISO/IEC 18004 asks for. */
const QUIET = 4;

/** A text as a QR code: one inline drawing, made here. Black on white also on a dark page, since cameras expect that. */
export function qrCode(text: string, label: string): Html {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const size = modules.size + 2 * QUIET;
  let dark = '';
  for (let row = 0; row < modules.size; row++)
    for (let column = 0; column < modules.size; column++) if (modules.get(row, column)) dark += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges">
    <rect width="${size}" height="${size}" fill="#fff" />
    <path d="${dark}" fill="#000" />
  </svg>`;
}
