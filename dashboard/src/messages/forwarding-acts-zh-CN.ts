import type { forwardingActsEn } from './forwarding-acts-en.ts';

export const forwardingActsZhCN: typeof forwardingActsEn = {
  'archive-probed': '检验归档目标',
  'forwarding-paused': '暂停归档',
  'forwarding-resumed': '恢复归档',
  'forwarding-retried': '重新归档',
  'forwarding-demanded': '中心调取',
  'forwarding-given-up': '停止归档，待人工处理',
};
