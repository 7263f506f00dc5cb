"""Keeps the tasks that user actions start: a task nobody holds may vanish half-way (asyncio's documentation).

In `ui` asyncio is imported where it is used: the window is shown before it is there (`app.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from asyncio import Task

logger = logging.getLogger(__name__)

LAST_S: Final = 1.0
"""At the end: how long what runs may take (chosen: half of what the whole end has)."""


class Tasks:
    """A set of running tasks with one owner. The loop's thread only."""

    def __init__(self) -> None:
        self._running: set[Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], name: str) -> Task[None]:
        """Run `work` and hold it until it ends; a failure is logged."""
        from asyncio import get_event_loop

        task = get_event_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def finish(self) -> None:
        """Wait for what runs, LAST_S at most; then cancel the rest and wait for that."""
        from asyncio import current_task, wait

        running = [task for task in self._running if task is not current_task()]
        if running:
            _, late = await wait(running, timeout=LAST_S)
            await self.cancel(late)

    async def cancel(self, tasks: set[Task[None]] | None = None) -> None:
        """Cancel these tasks, or all, and wait until they have ended."""
        from asyncio import gather

        doomed = list(self._running if tasks is None else tasks)
        for task in doomed:
            task.cancel()
        await gather(*doomed, return_exceptions=True)

    def _ended(self, task: Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("%s failed", task.get_name(), exc_info=error)
