import type { LiveReason } from '@docket/gateway/contract';

type FeedEndHow = Extract<LiveReason, { kind: 'feed-ended' }>['how'];

/** Why there is a gap, or what an alarm tells. */
export const liveReasonZhCN = {
  kind: {
    'feed-ended': '{how}',
    'connected-anew': '记录仪重新连接',
    'clock-moved': '记录仪时钟相对媒体时间变动 {seconds} 秒',
    'time-stamps-anew': '{track}时间戳重新开始',
    'time-stamps-moved': '{track}时间戳跳变 {seconds} 秒',
    'time-stamps-stood': '{track}时间戳停止不动',
    'format-changed': '{track}编码格式改变',
    'codec-misnamed': '{track}：记录仪声明为 {told}，实际为 {found}，已按 {found} 录制',
    'turned-too-often': '一分钟内变化过多，已开始 {segments} 段，暂缓续录',
    'units-lost': '缺失或损坏 {units} 帧',
    'key-frame-awaited': '等待下一关键帧',
    'store-refused': '采集站无法写入：{code}',
    'store-slow': '存储太慢，{size} 等待写入',
    'gateway-stopped': '采集站停止期间未录制',
    'not-registered': '该记录仪没有登记直播源',
    'nothing-sent': '记录仪没有发送',
    'nothing-recorded': '已连接，但没有可录制的内容',
    'not-reached': '无法从记录仪取得画面，正在重试',
    'too-many-streams': '已有 {streams} 路直播，达到上限',
    'wrong-credentials': '来自 {address} 的 {by} 推流口令不符：{name}',
    'may-not-send': '{name} 未获准推流',
    'credentials-refused': '记录仪拒绝登记的用户名或密码',
    'footage-missing': '共 {seconds} 秒，{from} 起',
  } satisfies Record<LiveReason['kind'], string>,
  how: {
    goodbye: '记录仪主动停止',
    'connection-lost': '连接中断',
    silent: '长时间没有数据',
    closed: '由采集站关闭',
    replaced: '被同一记录仪的新连接取代',
    refused: '记录仪拒绝',
    protocol: '收到的数据不合协议',
  } satisfies Record<FeedEndHow, string>,
  store: {
    ENOSPC: '磁盘已满',
    EDQUOT: '超出磁盘配额',
    EIO: '磁盘读写错误',
    EROFS: '磁盘只读',
    EACCES: '没有写入权限',
    ENOENT: '存储目录不见了',
    unknown: '原因不明',
  },
  lost: {
    pictures: { damaged: '画面损坏 {count} 帧', missing: '画面缺 {ms} 毫秒' },
    sound: { damaged: '声音损坏 {count} 帧', missing: '声音缺 {ms} 毫秒' },
    and: '，',
  },
  track: { video: '画面', audio: '声音' },
  noName: '未报名称',
};
