"""Work: runs, what became of them, orders and line items."""

TABLE = """
run LPGUD
    batch_type:s{BATCHRUN}=match_previous@w by_line_item:U>line-item@f by_order:U>order@f created:dt
    custom_field_values:a@w customer_id:s error:s export_controlled:b=False filled_by_batch_type_prints:b
    force:b=False@w id:s location:U>location name:s@w notes:s@w
    operation:s{printing|post-processing|shipping} orders:a>order pieces_locked:b=True@w
    post_processor:U>post-processor@w post_processor_type:U>post-processor-type@w printer:U>printer@w
    printer_type:U>printer-type@w prints:a>print@r priority:i=65@w run_documents:a>document
    service_provider_jobs:a>service-provider-job shipping:U>shipping@w status:s{RUNST}@w updated:dt
    uri:U>run workstation_name:s workstation_queue_position:i workstation_type_name:s
    workstation_uri:L>printer|post-processor|shipping
run-schedule-summary L
    bureau:U>bureau created:dt customer_id:s@w estimated_end:dt@w estimated_start:dt@w id:s@w
    location:U>location@w name:s@w notes:s@w operation:s{printing|post-processing|shipping}@w
    post_processor:U>post-processor@w post_processor_type:U>post-processor-type@w printer:U>printer@w
    printer_type:U>printer-type@w priority:i@w schedule_uuid:id@w shipping:U>shipping@w status:s{RUNST}@w
    updated:dt uri:U>run workstation_name:s@w workstation_queue_position:i@w workstation_type_name:s@w
    workstation_uri:L>printer|post-processor|shipping@w
run-queue P
    position:s{before|after}=before@w relative_to:U>run@w run:U>run@r
run-transformation LPG
    created:dt custom_workflow:U>workflow@w destination_runs:a>run line_items:a>line-item@w notes:s@w
    prints:a>print@r process_steps:a>process-step@w source_run:U>run@r split_piece_schedules:b@w
    status:s{JOBST4}
    type:s{remanufacture|redo|change_workflow|flag_non_conformance|scrap|split_shipment}@r updated:dt
    uri:U>run-transformation user:U>users
create-runs LPG
    base_material_used:f@w created:dt do_build_volume_check:b=True@w finished:dt locked:b=True@w notes:s
    on_packing_process_failure:s{split-builds|ignore|notify-user}=ignore@w
    on_packing_process_success:s{notify-user|silent}=silent@w pieces:a>piece@r pieces_count:i
    primary_run:U>run primary_run_duration:td@w primary_workstation:L>printer|post-processor@r
    printer_name:s priority:i=65@w resulting_runs:a>run resulting_runs_count:i run_name:s@w
    status:s{JOBST4} unfitted_pieces:a>piece updated:dt uri:U>create-runs user:U>users
run-actuals LGU
    additive:o by_line_item:U>line-item@f by_order:U>order@f consumable_cost:f@w created:dt
    edited_by:U>users end_in_progress_time:dt@w machine_cost:f@w powder:o previous:U>run-actuals run:U>run
    start_in_progress_time:dt@w system_notes:s@w total_cost:f updated:dt uri:U>run-actuals user:U>users
    workstation_cost:f@w
run-actuals-additive LPG
    base_material_used:f@w material_batch:U>material-batch@w run_actual:U>run-actuals@r
    support_material_used:f@w uri:U>run-actuals-additive
run-material LG
    actual_base_material_used:f@w estimate_base_material_used:f@w materials:a@w run:U>run@w
schedule_runs LPG
    edited_by:U>users estimates:o@w run:U>run@r uri:U>schedule_runs
time-entry LPGU
    category:s{attending|machine-running|in-progress|on-hold}@r completed_by:U>users created:dt
    created_by:U>users end_time:dt@w notes:s@w related_table_name:s{run|prep_task_record}@r
    related_uuid:id@r start_time:dt@r updated:dt uri:U>time-entry
build LPGU
    carbon_footprint_estimate:f@w created:dt current_layer:i@w end_time:dt@w estimated_time:td@w
    layers:i@w materials:a@w modeler:U>modeler@r name:s@r run:U>run start_time:dt@w status:s{BUILDST}@w
    updated:dt uri:U>build
volume L
    build_name:s@w end_time:dt@w failed_builds:i@w max_end_time:dt@w min_start_time:dt@w modeler_name:s@w
    new_builds:i@w part_count:i@w processing_builds:i@w start_time:dt@w successful_builds:i@w
line-item LPGUD
    additional_costs:a additive:o@w assigned_user:U>users@w autorun:b=False@w bureau:U>bureau
    completed_quantity:i created:dt custom_field_values:a@w customer_id:s@w design_time:td error:s
    estimates:o estimates_additive:o estimates_powder:o is_relevant_estimation:b=True name:s@w notes:s@w
    order:U>order@r piece_count:i powder:o@w prep_workflow:U>prep-workflow@w priority:i=65@w
    product:U>product@w quantity:i@r status:s{LINEST}@w type:s{USE}@w uri:U>line-item
    workflow:U>workflow@w
    workflow_type:s{additive_manufacturing|specimen|preparative|powder_manufacturing}@w
order LPGUD
    application_type:s{prototype|tooling|end_component}@w build_file_status:s{PLANNING} bureau:U>bureau
    callback_method:s@w callback_url:s@w country:s@w created:dt created_by:s custom_field_values:a@w
    customer_email:s@w customer_go:s{Yes|No} customer_id:s customer_name:s@w customer_po:s@w due_date:dt@w
    error:s estimates:o external_id:s@w include_piece_count:b@f ip_sensitivity:s@w is_template:b=False@w
    line_items:a>line-item location:U>location@w locations_available:a>location@w name:s@r notes:s@w
    order_owner:U>users@w order_owner_name:s
    order_type:s{benchmark|commercial|r-d|sample-free|timestudy}@w piece_count:i=0
    planning_status:s{PLANNING} priority:i=65@w quote_required:b=False@w region:s@w run_status:s{RUNST}@f
    shipping:o@w shipping_grouping:s{by_batching_strategy|by_order}=by_batching_strategy@w
    shipping_type:s@f special_processing_required:b=False@w status:s{ORDERST}@w template_name:s@w
    updated:dt uri:U>order used_material_families:a@f user:U>users
product LPGUD
    created:dt model_library:U>model-library@w no_model_upload:b=False@w order:U>order@r updated:dt
    uri:U>product user:U>users
line-items-by-run LG
    line_item:U>line-item@w original_piece_quantity:i@w run:U>run@w total_piece_quantity:i@w
line-items-available-for-run LG
    additive:o@w available_for_printer:U@f available_quantity:i@w created:dt dimensions:o@w estimates:o@w
    estimates_additive:o@w estimates_powder:o@w location:U>location@w material:U>material@w
    material_name:s@w name:s@w order:U>order@w order_due_date:s@w order_name:s@w powder:o@w
    priority:i=65@w quantity:i@w size:f@w status:s{LINEST}@w type:s{product}@w updated:dt
    uri:U>line-items-available-for-run workflow:U>workflow@w
    workflow_type:s{additive_manufacturing|specimen|preparative|powder_manufacturing}@w
line-item-actuals LG
    additional_costs:a@w created:dt end_in_progress_time:dt@w has_custom_actuals:b@w
    line_item:U>line-item@w per_step_details:a@w start_in_progress_time:dt@w total_cost:f@w updated:dt
    uri:U>line-item-actuals
service-provider-job LPGU
    changes_history:a cost:f@w created:dt currency:s@w due_at:dt@w job_rating:i@w
    last_editor_role:s{bureau_user|service_provider_user} line_item:U>line-item line_item_name:s
    order:U>order order_line_items:a>line-item order_name:s process_step:U>process-step provider_notes:s@w
    requesting_bureau_name:s run:U>run@r service_provider:U>service-provider@r shipping_tracking:s@w
    status:s{bid_requested|bid_updated|bid_negotiated|shipping_to|in_progress|shipping_from|completed|declined|cancelled}@w
    target:s@w updated:dt uri:U>service-provider-job workstation_name:s
service-provider LPG
    account_status:s{invited|active|provider_declined|rejected}@w address:s@w bureau:U>bureau
    custom_field_values:a@w email:s@w group:U>groups@w name:s@w phone_number:s@w
    service_provider_type:s{work|vendor}=work@w source_bureau:U@w source_bureau_name:s@w
    source_service_provider:U@w uri:U>service-provider website:s@w
service-provider-assignment P
    assigned_to:U@r data_entry_url:L@r run_to_share:U@r
shipment LGU
    actual_cost:f actual_delivery_date:dt actual_shipment_date:dt billing_address:o created:dt currency:s
    duration:td estimated_cost:f estimated_delivery_date:dt estimated_shipment_date:dt name:s@w
    order:U>order origin_address:o recipient_address:o run:U>run shipper_url:L shipping_partner:s@w
    status:s{new|queued|in_transit|received|error|cancelled}@w tracking_number:s@w updated:dt
    uri:U>shipment user:U>users
external-build LPG
    external_build_id:s@w material_batch:U>material-batch@w printer:U>printer@w quantity:f@w
    uri:U>external-build
"""
