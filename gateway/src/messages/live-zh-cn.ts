import type { liveEn, liveHelpEn } from './live-en.ts';

/** `docket live` 的文字。 */
export const liveZhCN: typeof liveEn = {
  askPassword: (name) => `${name} 的密码：`,
  passwordLength: (shortest, longest) => `密码须为 ${shortest} 至 ${longest} 个字符，不含控制字符`,
  viewerName: '由字母、数字、点、短横线和下划线组成的名称，最多 64 个字符',
  configure: '写入配置文件的 live.rtsp.viewers 之下：',
  examples: ['docket live credential command-centre'],
};

export const liveHelpZhCN: typeof liveHelpEn = {
  live: '执法记录仪的实时视频',
  liveCredential: '为观看者的密码计算哈希：密码由键盘或标准输入给出，配置文件中只写它的哈希',
  liveCredentialName: '观看者登录用的名称',
};
