import { computed, onBeforeUnmount, onMounted, type Ref, ref } from 'vue';
import type { FoldedTime, Stretch } from './folded-time.ts';
import { movedBy, type Scale, scaledBy, type Viewport, wholeCase, zoomedTo } from './viewport.ts';

const stepFactor = 0.6;
const dragBeginsPx = 6;

/**
 * Which part of the time is seen, changed by buttons, keys, a dragging finger and two of them. The scale follows the
 * width of `frame`.
 */
export function useLaneView(frame: Ref<HTMLElement | null>, time: Ref<FoldedTime>) {
  const viewport = ref<Viewport>(wholeCase);
  const widthPx = ref(320);
  const pointers = new Map<number, number>();
  let draggedPx = 0;
  let observer: ResizeObserver | undefined;

  onMounted(() => {
    observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) widthPx.value = Math.max(120, Math.floor(entry.contentRect.width));
    });
    if (frame.value !== null) observer.observe(frame.value);
  });
  onBeforeUnmount(() => observer?.disconnect());

  const scale = computed<Scale>(() => ({
    time: time.value,
    viewport: viewport.value,
    widthPx: widthPx.value,
  }));

  function zoom(factor: number, around = 0.5): void {
    viewport.value = scaledBy(time.value, viewport.value, factor, around);
  }

  function zoomTo(stretch: Stretch): void {
    viewport.value = zoomedTo(time.value, stretch);
  }

  function pan(screens: number): void {
    viewport.value = movedBy(viewport.value, screens);
  }

  function showAll(): void {
    viewport.value = wholeCase;
  }

  function key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const act = {
      ArrowLeft: () => pan(-0.2),
      ArrowRight: () => pan(0.2),
      '+': () => zoom(stepFactor),
      '=': () => zoom(stepFactor),
      '-': () => zoom(1 / stepFactor),
      '0': showAll,
    }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  function press(event: PointerEvent): void {
    if (pointers.size === 0) draggedPx = 0;
    pointers.set(event.pointerId, event.clientX);
  }

  function drag(event: PointerEvent): void {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const movedPx = event.clientX - before;
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other === undefined) pan(-movedPx / widthPx.value);
    else pinch(before - other, event.clientX - other, other);
    draggedPx += Math.abs(movedPx);
    pointers.set(event.pointerId, event.clientX);
  }

  function pinch(apartPx: number, nowApartPx: number, stillX: number): void {
    const left = frame.value?.getBoundingClientRect().left ?? 0;
    if (Math.abs(nowApartPx) < 8 || apartPx * nowApartPx <= 0) return;
    zoom(apartPx / nowApartPx, Math.min(1, Math.max(0, (stillX - left) / widthPx.value)));
  }

  function release(event: PointerEvent): void {
    pointers.delete(event.pointerId);
  }

  return {
    scale,
    isWhole: computed(() => viewport.value.to - viewport.value.from > 0.999),
    zoomIn: () => zoom(stepFactor),
    zoomOut: () => zoom(1 / stepFactor),
    zoomTo,
    pan,
    showAll,
    key,
    press,
    drag,
    release,
    /** Whether the finger that just let go was moving the picture rather than tapping something on it. */
    wasDragged: () => draggedPx > dragBeginsPx,
  };
}
