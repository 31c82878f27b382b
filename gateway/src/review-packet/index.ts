export { BrowserMissing, findBrowser, printPdf } from './print-pdf.ts';
export { type PacketPrint, packetPolicy, renderPacket } from './render-packet.ts';
