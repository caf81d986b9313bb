"""Material: batches, containers, lots, stock and what was done with them."""

TABLE = """
material-batch LPGU
    at_machine:U>printer@w containers:a>material-container@w created:dt custom_status:s@w
    external_build_id:s@w full_quantity:f@w initial_batch:U>material-batch@w is_initial_batch:b@w
    location:U>location@w location_name:s@w material_in_containers:b=True@w material_lots:a>material-lot@w
    materials:a@w notes:s@w post_processor:U>post-processor@w
    powder_quality:s{new|sieved|unsieved|unknown|done}@w quantity:f@w quantity_available_for_actions:f@w
    reserved_quantity:f@w source_material_batches:a>material-batch@w status:s{new|in_use|idle|done}@w
    sub_location:U>sub-location@w units:s{UNITS}@w updated:dt uri:U>material-batch usage_cycles:i@w
    uuid:id
material-batch-action LPG
    action_type:s{BATCHACTION}@r created:dt from_container_action:U>material-container-action metadata:o@w
    notes:s@w previous_action:U>material-batch-action@w quantity:f=0@w source_batch:U>material-batch@w
    uri:U>material-batch-action user:U>users
material-batch-linking LG
    action:U>material-batch-action@w containers:a>material-container@w
    destination_batch:U>material-batch@w quantity:f@w source_batch:U>material-batch@w
    uri:U>material-batch-linking
material-genealogy LG
    actions:a@w batches:a@w children_tree:a@w parents_tree:a@w target_batch:U>material-batch@w
material-batch-action-transaction LGU
    container:U>material-container@w container_type:s{disposable|permanent|dose|overflow|build|cyclone}@w
    external_build_id:s@w initial_quantity_available:f@w initial_reconciled_time:dt@w is_complete:b@w
    is_editable:b@w material_batch:U>material-batch@w material_batch_action:U>material-batch-action@w
    parent_batch_action:U>material-batch-action@w parent_transaction:U>material-batch-action-transaction@w
    quantity:f@w reconciled_at:U>mline-material-handling-system@w uri:U>material-batch-action-transaction
material_batch_sensor_data LG
    humidity:f@w material_batch:U>material-batch@w sensor:U>sensor@w temperature:f@w timestamp:s@w
    uri:U>material_batch_sensor_data
material-container LPGU
    archived:b=False@w created:dt current_batch:U>material-batch disposable:b@w full_quantity:f@w
    is_available_for_initial_batches:b is_docked:b=False location:U>location@w material:U>material@w
    material_lot:U>material-lot material_restrictions:a>material@w material_type:s{MATTYPE} name:s@r
    printer_type_relationships:a>printer-type-batch-relationship quantity:f status:s{new|in_use|empty}
    sub_location:U>sub-location@w tare_weight:f=0@w
    type:s{disposable|permanent|dose|overflow|build|cyclone}=permanent@w updated:dt
    uri:U>material-container used_in_batches:a>material-batch uuid:id
    workstation_uri:L>printer|post-processor|shipping
material-container-action LPG
    action_type:s{CONTAINERACTION}@r created:dt materials:o@w metadata:o@w notes:s@w
    parent_container_action:U>material-container-action@w quantity:f=0@w source_batch:U>material-batch@w
    source_material_container:U>material-container@r uri:U>material-container-action user:U>users
material-lot LPGU
    actual_delivery_date:dt@w containers_available_for_initial_batches:a>material-container cost:f@w
    delivery_id:s@w estimated_delivery_date:dt@w expiration_date:dt@w full_quantity:f@w
    initial_batches:a>material-batch location:U>location@w location_name:s material:U>material@r
    material_name:s material_purchase_order:U>material-purchase-order@w
    material_purchase_order_external_id:s material_type:s{MATTYPE} name:s@w notes:s@w
    number_of_containers:i@w quantity:f@w size_of_container:f@w
    status:s{on_order|received|in_testing|available|in_use|done|scrapped|return_to_supplier|in_storage}=received@w
    sub_location:U>sub-location@w units:s{UNITS}@w updated:dt uri:U>material-lot usage_cycles_limit:i@w
material-lot-action LPG
    action_type:s{add_containers|edit_containers_quantity|delete_containers|receive_lot}@r created:dt
    material_lot:U>material-lot@r metadata:o@w notes:s@w uri:U>material-lot-action user:U>users
material-purchase-order LPG
    created:dt delivered_quantity:f@w external_id:s@w material:U>material@w material_name:s@w
    planned_full_quantity:f@w units:s@w updated:dt uri:U>material-purchase-order
stock LPGUD
    location:U>location@r material:U>material@r material_batches:a>material-batch
    material_lots:a>material-lot material_type:s{MATTYPE} modeler:U>modeler@w on_order_quantity:f@w
    quantity:f=0@w status:s{in-use|available|exhausted}=available@w stock_max:f@w stock_min:f@w
    track_quantity:b=True@w uri:U>stock
material-stock-action LPG
    action_quantity:f@r action_type:s{consume|replenish|reconcile}@r created:dt metadata:o@w notes:s@w
    quantity:f reason:s@w run:U>run@w source_stock:U>stock@r uri:U>material-stock-action user:U>users
material-stock-action-relationship LPG
    created:dt quantity:f@w relationship_type:s{source|destination}@w resource:L@w run:U>run@w
    stock_action:U>material-stock-action@w uri:U>material-stock-action-relationship
material LPGUD
    base_template:U>material bureau:U>bureau color:s@w color_opacity:f=1.0@w cost:f@w
    custom_field_values:a density:f@w description:s@w external_datasheet_url:L external_id:s@w
    identifiers:a is_prosper_integration_available:b=False is_template:b=False@w manufacturer:U>manufacturer@w
    manufacturing_process:s{PROC}@w material_family:s{Priority|Polymer|Composite|Metal|Ceramic|Wax|Sand}@w
    name:s@r post_processing_seconds:i=0 stock_locations:a>location swatch:L third_party_fulfillment:b
    thumbnail:o type:s{MATTYPE}@w units:s{UNITS}=cm3@w
    units_measurement_core:s{weight|volume|count|length|area}=volume@w uri:U>material
material-batch-traceability-report LPG
    bureau:U>bureau content:L created:dt material_batch:U>material-batch@r status:s{JOBST4}
    uri:U>material-batch-traceability-report user:U>users
traceability-report LPG
    bureau:U>bureau content:L created:dt filters:a@w piece:U>piece@r status:s{JOBST4}
    uri:U>traceability-report user:U>users
printer-type-batch-relationship LG
    material_batch:U>material-batch@w printer_type:U>printer-type@w uri:U>printer-type-batch-relationship
"""
