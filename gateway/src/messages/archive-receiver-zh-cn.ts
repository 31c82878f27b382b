import type { archiveReceiverEn, archiveReceiverHelpEn } from './archive-receiver-en.ts';

export const archiveReceiverZhCN: typeof archiveReceiverEn = {
  failed: (reason) => `归档服务已停止：${reason}`,
  dockName: '由字母、数字、点、短横线和下划线组成的名称，最多 64 个字符',
  token: '该采集站的令牌只显示这一次，请写入采集站的配置：',
  configure: '写入归档服务配置文件的 docks 之下：',
  examples: {
    serve: ['docket archive serve --config /etc/docket/archive.yaml'],
    key: ['docket archive key --config /etc/docket/archive.yaml'],
    dock: ['docket archive dock DEMO-001'],
  },
};

export const archiveReceiverHelpZhCN: typeof archiveReceiverHelpEn = {
  archive: '归档：视音频文件存往何处，由谁签收',
  archiveServe: '接收采集站的视音频文件，存入文件夹，重新计算哈希并妥善保管，签发回执',
  archiveServeConfig: '归档服务的配置文件（YAML）',
  archiveServeLogLevel: 'debug、info、warn 或 error',
  archiveKey: '显示采集站应固定信任的验证公钥；首次使用时生成',
  archiveDock: '为采集站生成令牌：只显示一次，配置中只写其哈希',
  archiveDockName: '采集站名称，与其配置一致',
};
