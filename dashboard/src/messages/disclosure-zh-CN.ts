import type {
  DeliveryState,
  DisclosureDelivery,
  DisclosureEvent,
  DisclosureKind,
} from '@docket/gateway/contract';

export const disclosureZhCN = {
  title: '公示',
  explain: '向公示平台推送的内容及其送达情况。只推送公示栏目，不含音像记录。',
  all: '全部',
  empty: '没有内容',
  kindLabel: '内容',
  subject: '对象',
  told: '推送内容',
  said: '时间',
  delivery: '送达',
  attempts: '已尝试 {count} 次',
  retry: '重新推送',
  counts: '{count} 项{state}',
  kind: {
    'duty-list': '音像记录事项清单',
    'officer-list': '行政执法人员清单',
    statistics: '统计数据',
    decision: '决定结果',
  } satisfies Record<DisclosureKind, string>,
  act: { published: '公示', corrected: '更正', withdrawn: '撤回' } satisfies Record<
    DisclosureEvent['act'],
    string
  >,
  state: {
    waiting: '等待推送',
    delivered: '已送达',
    superseded: '已被新内容取代',
    dead: '被拒收',
  } satisfies Record<DeliveryState, string>,
  way: { https: '推送', directory: '文件' } satisfies Record<DisclosureDelivery['way'], string>,
};
