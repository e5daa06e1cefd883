"""AG Grid alone on an empty page, with the blotter's columns: what scrolling costs without a workbench."""

from __future__ import annotations

from pathlib import Path

AG_GRID = (
    Path(__file__).resolve().parents[4]
    / "workbench/node_modules/ag-grid-community/dist/ag-grid-community.min.js"
)

_DRAW = """orders => new Promise(drawn => {
    const { AllCommunityModule, ModuleRegistry, createGrid, themeQuartz } = agGrid
    ModuleRegistry.registerModules([AllCommunityModule])
    const place = document.createElement('div')
    place.style = 'width: 1100px; height: 610px'
    document.body.append(place)
    const figures = new Intl.NumberFormat('en-US')
    const number = {
        type: 'rightAligned', enableCellChangeFlash: true,
        valueFormatter: ({ value }) => figures.format(value),
    }
    const columns = [
        ['order_id', 96, { pinned: 'left' }], ['security_description', 238], ['side', 64],
        ['quantity', 92, number], ['filled_quantity', 142, number], ['average_price', 90, number],
        ['status', 94], ['allocation_state', 96], ['settlement_date', 106], ['security_id', 100],
        ['portfolio_groups', 130], ['created_by', 120], ['created_at', 170], ['updated_at', 100],
        ['allocation_id', 110],
    ]
    const rows = orders.map(order => ({ ...order, portfolio_groups: order.portfolio_groups.join(', ') }))
    const grid = createGrid(place, {
        theme: themeQuartz.withParams({ rowHeight: 28, headerHeight: 32, fontSize: 12.5, spacing: 4 }),
        columnDefs: columns.map(([field, width, more]) => ({ field, width, ...more })),
        defaultColDef: { sortable: true, resizable: true, filter: true },
        rowSelection: { mode: 'multiRow', headerCheckbox: true },
        rowData: rows, getRowId: ({ data }) => data.order_id, animateRows: false,
        onFirstDataRendered: () => setTimeout(drawn, 500),
    })
    setInterval(() => {
        const changed = new Set(Array.from({ length: 200 }, () => Math.floor(Math.random() * rows.length)))
        for (const at of changed)
            rows[at] = { ...rows[at], filled_quantity: 1000 * Math.floor(Math.random() * 1000) }
        grid.applyTransactionAsync({ update: [...changed].map(at => rows[at]) })
    }, 2000)
})"""


def draw(page, orders):
    """Show orders, of which a hundred a second change."""
    page.add_script_tag(path=AG_GRID)
    page.evaluate(_DRAW, orders)
