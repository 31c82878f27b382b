import { type CodeContent, codeText } from '@docket/ingest';
import { toString as drawCode } from 'qrcode';

/**
 * The printed form of a code, as SVG: a quarter of it may be dirty or glared over (ISO/IEC 18004, level Q), and it has the
 * quiet margin that readers want.
 */
export function codePicture(content: CodeContent): Promise<string> {
  return drawCode(codeText(content), { type: 'svg', errorCorrectionLevel: 'Q', margin: 4 });
}
