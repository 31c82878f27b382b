export const casesHelpEn = {
  cases: 'review packets of cases',
  caseId: 'id of the case as its system sends it, <sender>/<id>',
  casesPacket: 'save the review packet of a case: its record as laid before legal review',
  casesPacketOut: 'file to write; its ending (.json, .html, .pdf) chooses the form',
  casesPacketHash: 'a packet that was made before, by its SHA-256, unchanged',
  casesPerson: 'who asks; needed where the dock has no tokens',
  casesPacketLanguage: 'language of the page: zh-CN (usual) or en',
};

export const casesEn = {
  saved: (file: string, hash: string) => `${file}: packet ${hash}`,
  hashDiffers: 'the packet came with another hash than its bytes have; fetch it again',
};

export const casesExamples = [
  'docket cases packet oa/2026-0012 --out packet.pdf --person 张三',
  'docket cases packet oa/2026-0012 --out packet.json && sha256sum packet.json',
];
