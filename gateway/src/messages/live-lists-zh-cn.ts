import type { liveListsEn, liveListsHelpEn } from './live-lists-en.ts';

export const liveListsZhCN: typeof liveListsEn = {
  sourceColumns: ['记录仪', '方式', '用户名', '地址', '状态', ''],
  streamColumns: ['记录仪', '状态', '方式', '编码', '码率', '观看', '问题'],
  ways: { 'pull-rtsp': 'RTSP 拉流', 'push-rtsp': 'RTSP 推流', 'push-rtmp': 'RTMP 推流' },
  states: {
    recording: '录制中',
    connected: '已连接',
    waiting: '未收到',
    idle: '当前不需要',
    failed: '无法写入',
  },
  enabled: '启用',
  always: '始终拉流',
  disabled: '停用',
  noSecret: '无密码',
  noSources: '没有记录仪登记实时传输。',
  noStreams: '当前没有实时视频，也没有应有的。',
  examples: {
    sources: ['docket live sources'],
    streams: ['docket live streams', 'docket live streams --json'],
  },
};

export const liveListsHelpZhCN: typeof liveListsHelpEn = {
  liveSources: '列出可以实时传输的记录仪及其方式',
  liveStreams: '列出正在或应当实时传输的记录仪的现状',
};
