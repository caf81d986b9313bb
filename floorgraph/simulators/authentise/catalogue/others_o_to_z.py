"""Documented resources the shop has nothing in, O to Z: they list empty and take what is posted."""

TABLE = """
oauth/token PG
    access_token:s@w access_token_expires:dt@w
    provider:s{autodesk-forge|zverse|castor3d|pathfindr|autodesk-fusion-bureau|autodesk-fusion-user|autodesk-fusion-personal-access-token}@w
    user:U>users uuid:id
order-packing-slip LPG
    bureau:U>bureau content:L@w created:dt order:U>order@w status:s{JOBST4}@w uri:U>order-packing-slip
order-part LPG
    attachments_ids:a@w build_due_date:dt@w check_out_date:dt@w check_out_to:s@w comments:a@w counters:o@w
    created_by:s@w created_date:dt@w custom_fields:o@w due_date:dt@w external_id:s@w file_id:i@w
    file_name:s@w id:i@w material_external_id:s@w model_uri:L@w modified_by:s@w modified_date:dt@w
    needs_validation:b@w order:U>order@w order_external_id:s@w parameters:o@w part_id:i@w part_name:s@w
    planned_end_date:dt@w post_processing_estimation:f@w post_processing_template:i@w price:f@w
    quantity:i@w quoted_part_external_id:s@w quotes:a@w status:s@w uri:U>order-part
order-quote LPG
    approved:b=False@w bureau:U>bureau content:L@w created:dt customer_po:s@w
    discount_type:s{percentage|amount}=amount@w discount_value:f@w markup_value:f=0@w notes:s@w number:s@w
    order:U>order@w status:s{JOBST4}@w uri:U>order-quote
order-streamics LPG
    attachments_ids:a@w build_due_date:dt@w comments:a@w contact_person_external_id:s@w created_by:s@w
    created_date:dt@w custom_fields:o@w due_date:dt@w external_id:s@w id:i@w modified_by:s@w
    modified_date:dt@w ordered_parts_total_quantity:i@w planned_end_date:dt@w price:f@w
    quote_external_id:s@w status:s@w uri:U>order-streamics
paperless-managed-integration LPG
    api_token:s@w bureau:U>bureau default_location:U>location@w itar_location:U@w name:s@w
    paperless_managed_integration_id:s@w signature:s@w uri:U>paperless-managed-integration user:U>users
payment LPG
    checkout_url:L@w fees:a@w payment_for:U@w payment_system:s{manual|stripe}@w purchaser:U@w
    status:s{new|ready|pending|complete|abandoned|error}@w sub_total:f@w uri:U>payment
permission-bureau LPG
    bureau:U>bureau
    right:s{currency_conversion.all|location.all|manufacturer.all|material.all|model_library.all|bureau.permission.all|post_processor_type.all|printer_type.all|service_provider.all|shipping.all|specimen.all|workflow.all}@w
    uri:U>permission-bureau user:s
permissions LPG
    created_by:U>users@w holder:s=*@w namespace:s@w object:s@w resource_name:s@w resource_uuid:id@w
    right:s@w uri:U>permissions
prep-task LPG
    created_by:U>users@w description:s@w edit_group:U>custom-group@w name:s@w shortname:s@w
    source_task:U@w uri:U>prep-task used_in_workflow_count:i@w user_estimated_dwell_time:td@w
    user_estimated_work_time:td@w
prep-task-record LPGU
    actuals:o@w completed_by:U>users@w created_by:U>users@w edit_group:U>custom-group@w end_time:dt@w
    name:s@w order_name:s@w position:i@w prep_task:U>prep-task@w prep_task_in_workflow:id@w
    prep_workflow:U>prep-workflow@w prep_workflow_record:U>prep-workflow-record@w shortname:s@w
    start_dwell_time:dt@w start_in_progress_time:dt@w
    status:s{new|queued|in-progress|on-hold|complete|skipped|cancelled}@w updated:dt
    uri:U>prep-task-record
prep-workflow LPG
    description:s@w include_custom_workflows:b@w line_item:U>line-item@w name:s@w order:U>order@w
    source_workflow:U>workflow@w tasks_in_workflow:a@w type:s@w updated:dt uri:U>prep-workflow
    usage_state:s{archived|active|can_be_safely_archived|inactive}@w
prep-workflow-record LPG
    line_item:U>line-item@w order:U>order@w prep_workflow:U>prep-workflow@w
    status:s{queued|in-progress|on-hold|complete|skipped|cancelled}@w updated:dt
    uri:U>prep-workflow-record
process-provider LPG
    cost:f@w created:dt currency:s@w duration:td@w post_processor:U>post-processor@w
    service_provider:U>service-provider@w status:s{pending|active|inactive}@w updated:dt
    uri:U>process-provider user:U>users
prosper LPG
    created:dt service_url:L@w uri:U>prosper x_p3d_token:s@w x_p3d_user:s@w
quote LG
    actual_cost:f@w bureau:s{shapeways} callback:o@w created:dt currency:s{USD}@w edited_by:L>users@w
    error:s@w material:U>material@w model:U>model@w model_statistics:o@w price:f@w process:s{QUOTEPROC}@w
    status:s@w uri:U>quote
secure-checkout-directory LPG
    available:b@w common_name:s@w directory_name:s@w uri:U>secure-checkout-directory
secure-file-checkout LPG
    common_name:s@w context:a created:dt force_check_in:b=False@w related_table_name:s{run}@w
    resource_uuid:id@w secure_checkout_directory:U>secure-checkout-directory@w
    status:s{checking_out|checked_out|processing|processed|checking_in|completed|error|corrected|failed}@w
    updated:dt uri:U>secure-file-checkout user:U>users
service-provider/v1/line-item LPG
    bureau:o layer_thickness:f=0.2@w materials:o@w model:o@w model_unit:s{in|mm}@w notes:s@w
    order:U>order@w quantity:i@w status:s{LINEST}@w uri:U>service-provider/v1/line-item workflow:o@w
service-provider/v1/order LPG
    bureau:o name:s@w owner:o@w shipping:o@w status:s{ORDERST}@w uri:U>service-provider/v1/order
shipment-packing-slip LPG
    content:L@w created:dt order:U>order@w run:U>run@w shipment:U>shipment@w status:s{JOBST4}@w updated:dt
    uri:U>shipment-packing-slip
shipment/split P
    message:s@w pieces:a>piece@w run:U>run@w shipment:U>shipment@w
shopping-cart LPG
    bureau:U>bureau name:s@w order:U>order owner:U>users@w
    payment_status:s{new|ready|pending|complete|abandoned|error}@w
    status:s{empty|in-progress|complete|abandoned}@w uri:U>shopping-cart
shopping-cart-item LPG
    destination:U@w estimator:L@w material_override:U@w price_per:f@w quantity:i@w
    shopping_cart:U>shopping-cart@w source:U@w uri:U>shopping-cart-item
slicer-config LPG
    content:s@w description:s@w engine:s{slic3r|prusaslicer}=slic3r@w error:s@w
    jeni_cluster:U>jeni-cluster@w name:s@w parameters:o@w printer:U>printer@w
    printer_type:U>printer-type@w status:s{pending_file_upload|parsed|failed}@w uri:U>slicer-config
slicer-config/raw LPG
    content:s@w description:s@w engine:s{slic3r|prusaslicer}@w error:s@w jeni_cluster:U>jeni-cluster@w
    name:s@w printer:U>printer@w printer_type:U>printer-type@w
    status:s{pending_file_upload|parsed|failed}@w updated:dt uri:U>slicer-config/raw
spark-analysis LPG
    bureau:U>bureau created:dt error:s@w model_library:U>model-library@w part_id:s@w profile_id:s@w
    result:o@w status:s{JOBST4}@w updated:dt uri:U>spark-analysis
threads-messages LPG
    comment:s@w created:s name:s@w record_type:s{run|model|order|line_item}@w record_uuid:id@w
    thread_id:i@w uri:U>threads-messages user_uri:U@w
work-checklist-linking LG
    position:i@w process_step:U>process-step@w related_uri:L@w uri:U>work-checklist-linking
    work_checklist:o@w work_checklist_uri:U@f
work-instruction LPGU
    additional_instruction_url:L@w choices:a@w description:s@w position:i@w
    report_type:s{REPORTTYPE}=text@w report_units:s{mm|cm|inch|gram|kg|lb}@w required:b=False@w
    threshold:o@w threshold_action:s{warning|error|warning_prompt_ncr}@w
    threshold_notification:s{piece_owner|user_group}@w
    threshold_type:s{between|not-between|tolerance|less-than|less-than-or-equals-to|greater-than|greater-than-or-equals-to|contains|not-contains|equals-to|not-equals-to}@w
    uuid:id
work-instruction-report-action LPG
    action_type:s{create}@w created:dt metadata:a@w notes:s@w status:s{JOBST4}@w
    uri:U>work-instruction-report-action user:U>users
zipfile LG
    bureau:U>bureau content:s@w created:dt created_by:U>users@w expiry:dt@w manifest:o@w
    related_table_name:s{order}@w related_uuid:id@w status:s{pending|processing|completed|deleted|error}@w
    uri:U>zipfile
zipfile-request P
    line_items:a>line-item@w related_table_name:s{order}@w related_uuid:id@w
zverse-conversion LPG
    complexity:s{TBD|Low|LowMedium|Medium|High|Custom}@w complexity_value:i@w cost:f=0.0@w created:dt
    currency:s@w filename:s@w model:U>model@w notes:s@w
    status:s{new|pending|submitted|estimate-completed|approval-requested|approval-failed|conversion-approved|conversion-completed|complete|error}@w
    updated:dt uri:U>zverse-conversion zverse_id:s@w
"""
