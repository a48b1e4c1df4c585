'use strict';
{
    // What has to be scrolled sideways can be reached with the keyboard too, while there is something to scroll.
    const REGIONS = '.table-wrap, #changelist-form .results, .inline-group .tabular, .module:has(> table)';

    const mark = (region) => {
        if (region.scrollWidth > region.clientWidth) {
            region.tabIndex = 0;
        } else {
            region.removeAttribute('tabindex');
        }
    };

    const watcher = new ResizeObserver((entries) => entries.forEach((entry) => mark(entry.target)));
    document.querySelectorAll(REGIONS).forEach((region) => watcher.observe(region));

    // Django puts the cursor into the first field of a new object, also where another one was refused.
    window.addEventListener('load', () => document.querySelector('#content-main [aria-invalid="true"]')?.focus());

    // Django's two lists to choose from name their icons without saying that they are pictures.
    window.addEventListener('load', () => {
        document.querySelectorAll('.search-label-icon[aria-label]').forEach((icon) => icon.setAttribute('role', 'img'));
    });
}
