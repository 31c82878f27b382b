import type { casesEn, casesHelpEn } from './cases-en.ts';

export const casesHelpZhCN: typeof casesHelpEn = {
  cases: '案件的法制审核材料',
  caseId: '案件编号，与办案系统推送的一致：<发送方>/<编号>',
  casesPacket: '保存一个案件的法制审核材料',
  casesPacketOut: '写入的文件；按扩展名（.json、.html、.pdf）决定格式',
  casesPacketHash: '按 SHA-256 取以前调取过的材料，内容不变',
  casesPerson: '调取人；采集站没有设令牌时必填',
  casesPacketLanguage: '页面语言：zh-CN（默认）或 en',
};

export const casesZhCN: typeof casesEn = {
  saved: (file, hash) => `${file}：材料 ${hash}`,
  hashDiffers: '收到的材料与其校验值不符，请重新调取',
};
