import { watchEffect } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';
import { i18n } from './i18n.ts';
import SlotsView from './views/SlotsView.vue';

/** The name of a page in the messages; a clip keeps the title of the list that it lies on. */
declare module 'vue-router' {
  interface RouteMeta {
    title?:
      | 'navigation.slots'
      | 'navigation.clips'
      | 'navigation.dockings'
      | 'navigation.recorders'
      | 'disclosure.title'
      | 'cases.title'
      | 'cases.exceptions.waitingTitle'
      | 'navigation.dutyLists'
      | 'mapping.queueTitle'
      | 'mapping.codesTitle'
      | 'onSite.operations'
      | 'onSite.sources'
      | 'onSite.session'
      | 'statistics.title'
      | 'retention.title'
      | 'archive.title'
      | 'calibration.title';
  }
}

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/', name: 'slots', component: SlotsView, meta: { title: 'navigation.slots' } },
    {
      path: '/clips',
      name: 'clips',
      component: () => import('./views/ClipsView.vue'),
      meta: { title: 'navigation.clips' },
      children: [
        {
          path: ':clipId',
          name: 'clip',
          component: () => import('./components/ClipDrawer.vue'),
          props: true,
        },
      ],
    },
    {
      path: '/dockings',
      name: 'dockings',
      component: () => import('./views/DockingsView.vue'),
      meta: { title: 'navigation.dockings' },
    },
    {
      path: '/recorders',
      name: 'recorders',
      component: () => import('./views/RecordersView.vue'),
      meta: { title: 'navigation.recorders' },
    },
    {
      path: '/recorders/:recorderId',
      name: 'recorder',
      component: () => import('./views/RecorderView.vue'),
      props: true,
      meta: { title: 'navigation.recorders' },
    },
    {
      path: '/operations',
      name: 'operations',
      component: () => import('./views/OperationsView.vue'),
      meta: { title: 'onSite.operations' },
    },
    {
      path: '/operations/:operationId',
      name: 'operation',
      component: () => import('./views/OperationView.vue'),
      props: true,
      meta: { title: 'onSite.operations' },
      children: [
        {
          path: 'clips/:clipId',
          name: 'operation-clip',
          component: () => import('./components/ClipDrawer.vue'),
          props: true,
        },
      ],
    },
    {
      path: '/live',
      name: 'live',
      component: () => import('./views/LiveSourcesView.vue'),
      meta: { title: 'onSite.sources' },
    },
    {
      path: '/live/sessions/:sessionId',
      name: 'live-session',
      component: () => import('./views/LiveSessionView.vue'),
      props: true,
      meta: { title: 'onSite.session' },
    },
    {
      path: '/disclosure',
      name: 'disclosure',
      component: () => import('./views/DisclosureView.vue'),
      meta: { title: 'disclosure.title' },
    },
    {
      path: '/cases',
      name: 'cases',
      component: () => import('./views/CasesView.vue'),
      meta: { title: 'cases.title' },
    },
    {
      path: '/cases/:caseId',
      name: 'case',
      component: () => import('./views/CaseView.vue'),
      props: true,
      meta: { title: 'cases.title' },
      children: [
        {
          path: 'clips/:clipId',
          name: 'case-clip',
          component: () => import('./components/ClipDrawer.vue'),
          props: true,
        },
      ],
    },
    {
      path: '/exceptions',
      name: 'exceptions',
      component: () => import('./views/ExceptionsView.vue'),
      meta: { title: 'cases.exceptions.waitingTitle' },
    },
    {
      path: '/duty-lists',
      name: 'dutyLists',
      component: () => import('./views/DutyListsView.vue'),
      meta: { title: 'navigation.dutyLists' },
    },
    {
      path: '/duty-lists/:departmentId',
      name: 'dutyList',
      component: () => import('./views/DutyListView.vue'),
      props: true,
      meta: { title: 'navigation.dutyLists' },
    },
    {
      path: '/duty-lists/:departmentId/comparison',
      name: 'dutyListComparison',
      component: () => import('./views/DutyListComparisonView.vue'),
      props: true,
      meta: { title: 'navigation.dutyLists' },
    },
    {
      path: '/duty-lists/:departmentId/editor',
      name: 'dutyListEditor',
      component: () => import('./views/DutyListEditorView.vue'),
      props: true,
      meta: { title: 'navigation.dutyLists' },
    },
    {
      path: '/queue',
      name: 'queue',
      component: () => import('./views/QueueView.vue'),
      meta: { title: 'mapping.queueTitle' },
      children: [
        {
          path: ':clipId',
          name: 'queue-clip',
          component: () => import('./components/ClipDrawer.vue'),
          props: true,
        },
      ],
    },
    {
      path: '/codes',
      name: 'codes',
      component: () => import('./views/CodeSheetView.vue'),
      meta: { title: 'mapping.codesTitle' },
    },
    {
      path: '/statistics',
      name: 'statistics',
      component: () => import('./views/StatisticsView.vue'),
      meta: { title: 'statistics.title' },
    },
    {
      path: '/archive',
      name: 'archive',
      component: () => import('./views/ArchiveView.vue'),
      meta: { title: 'archive.title' },
    },
    {
      path: '/retention',
      name: 'retention',
      component: () => import('./views/RetentionView.vue'),
      meta: { title: 'retention.title' },
    },
    {
      path: '/calibration',
      name: 'calibration',
      component: () => import('./views/CalibrationView.vue'),
      meta: { title: 'calibration.title' },
    },
    { path: '/:rest(.*)*', name: 'not-found', component: () => import('./views/NotFoundView.vue') },
  ],
  scrollBehavior(to, from, saved) {
    // Opening and closing a clip must leave the list where it was.
    const isWithin = (page: string) => to.path.startsWith(page) && from.path.startsWith(page);
    if (isWithin('/clips') || isWithin('/cases/') || isWithin('/operations/') || isWithin('/queue'))
      return false;
    return saved ?? { top: 0 };
  },
});

watchEffect(() => {
  const { title } = router.currentRoute.value.meta;
  const product = i18n.global.t('product.name');
  document.title = title ? `${i18n.global.t(title)} · ${product}` : product;
});
