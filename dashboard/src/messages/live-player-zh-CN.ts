import type { PlayEnd } from '@docket/gateway/contract';
import type { PlaybackState } from '../live/live-playback.ts';

export const livePlayerZhCN = {
  label: '{recorder} 的实时画面',
  state: {
    connecting: '连接中',
    live: '直播',
    interrupted: '中断，正在重连',
    resting: '页面未显示，已暂停接收',
    unsupported: '此浏览器不支持实时画面；下面是定时更新的静态画面',
    unplayable: '此浏览器播放不了这路画面，正在重试；下面是静态画面',
  } satisfies Record<PlaybackState, string>,
  end: {
    'no-stream': '记录仪当前没有实时画面',
    'stream-ended': '画面已结束',
    'no-pictures': '记录仪只发送声音，没有画面',
    'too-many-viewers': '观看人数已满',
    'transcoding-off': '记录仪发送 H.265，此浏览器不能播放，且采集站未开启转码；下面是静态画面',
    'too-many-transcodings': '转码路数已满；下面是静态画面，有空位后自动播放',
    'transcoding-failed': '转码失败，正在重试；下面是静态画面',
    'too-slow': '网络跟不上画面，已断开，正在重连',
    'not-admitted': '没有观看权限',
    stopping: '采集站正在停止',
  } satisfies Record<PlayEnd, string>,
  delay: '延迟 {seconds} 秒',
  delayExplain: '从画面到达采集站到屏幕显示',
  transcoded: '画面由 {codec} 转码',
  behind: '网络慢，已跳过部分画面',
  soundUnplayable: '此浏览器不能播放该声音，已省略',
  soundNone: '无声音',
  soundOn: '打开声音',
  soundOff: '静音',
  fullScreen: '全屏',
  snapshot: '静态画面，约 {seconds} 秒更新一次',
  noSnapshot: '暂无画面',
};
