"""Documented resources the shop has nothing in, F to N: they list empty and take what is posted."""

TABLE = """
file LPG
    bucket:s@w content:s@w description:s@w key:s@w mimetype:s@w name:s@w upload-location:s@w uploaded:dt@w
    uri:U>file
flat-line-item LG
    additional_costs:a@w anatomy_element:s@w anatomy_family:s@w anatomy_property:s@w application_type:s@w
    base_material_name:s@w base_material_used:f@w bureau_custom_cost:f@w business_location:s@w
    business_segment:s@w business_unit:s@w completed_date:dt@w confirmed_date:s@w cost_center:s@w
    cpt_code:s@w currency:s@w custom_field_values:a@w customer_email:s@w customer_name:s@w
    customer_requested_delivery:s@w customer_target_price:s@w department_number:s@w design_time:i@w
    division_name:s@w due_date:dt@w ip_sensitivity:s{high|medium|low}@w ipt:s@w layer_thickness:f@w
    location:s@w manufacturing_process:s@w material_cost:f@w model:L@w model_name:s@w model_render:L@w
    model_surface_area:f@w model_updated:dt@w model_volume:f@w month:i@w notes:s@w
    offered_service_provider_cost:f@w offered_service_provider_currency:s@w
    offered_service_provider_name:s@w offered_service_provider_uuid:id@w order:id@w order_created_by:s@w
    order_customer_id:s@w order_date:dt@w part_intended_use:s@w post_processing_cost:f@w
    print_bounding_box:f@w printer_type_name:s@w prints_quantity:i@w priority_type:s@w
    production_type:s@w request_type:s@w revision:s@w status:s@w support_material_name:s@w
    support_material_used:f@w uri:U>flat-line-item uuid:id workflow_name:s@w year:i@w
flat-order LG
    activity_id:s@w application_type:s@w bill_to_address:s@w bill_to_name:s@w bill_to_phone_number:s@w
    bureau_costs:f@w business_location:s@w business_segment:s@w business_unit:s@w completed_date:dt@w
    confirmed_date:s@w cost_center:s@w created:dt created_by:s@w custom_field_values:a@w
    customer_email:s@w customer_id:s@w customer_name:s@w customer_requested_delivery:s@w
    customer_target_price:s@w department_number:s@w division_name:s@w due_date:dt@w edp_code:s@w
    erp_error_description:s@w erp_id:s@w erp_last_sync_datetime:s@w erp_reference_uri:s@w
    finance_review:s@w funding_vehicle:s@w ip_sensitivity:s@w ipt:s@w jira_ticket:s@w
    line_items_quantity:i@w location:s@w material_cost:f@w name:s@w notes:s@w oracle_id:s@w order_type:s@w
    order_volume:i@w owner_email:s@w owner_name:s@w po_number:s@w portal_project_id:s@w
    post_processing_cost:f@w prints_quantity:i@w priority_type:s@w process_workstream:s@w product_line:s@w
    production_type:s@w quote_approved:b@w quote_created_at:s@w quote_customer_po:s@w quote_discount:f@w
    quote_uri:s@w request_type:s@w shipping_address:s@w shipping_cost:f@w shipping_name:s@w status:s@w
    total_order_material_usage:s@w uri:U>flat-order uuid:id
flat-summary-line-item-tasks LG
    current_task_name:s@w current_task_position:i@w current_task_record_comments:a@w
    current_task_record_dwell_time:td@w current_task_record_in_progress_time:td@w
    current_task_record_on_hold_time:td@w
    current_task_record_status:s{new|queued|in-progress|on-hold|complete|skipped|cancelled}@w
    current_task_record_uuid:id@w current_task_shortname:s@w current_task_user_group_name:s@w
    current_task_uuid:id@w line_item_name:s@w line_item_uuid:id@w order_customer_id:s@w order_name:s@w
    order_uuid:id@w prep_workflow_first_task_record_complete:dt@w
    prep_workflow_first_task_record_queued:dt@w prep_workflow_name:s@w prep_workflow_record_uuid:id@w
    prep_workflow_total_tasks:i@w prep_workflow_uuid:id@w prior_task_record_completion_date:dt@w
fusion-additive-setup LG
    bureau:U>bureau created:dt fusion_uri:s@w packing_process:U>packing-process@w run:U>run@w
    status:s{JOBST4}@w updated:dt uri:U>fusion-additive-setup version:i@w
fusion-assembled-model LG
    bureau:U>bureau created:dt fusion_uri:s@w packing_process:U>packing-process@w run:U>run@w
    status:s{JOBST4}@w updated:dt uri:U>fusion-assembled-model version:i@w
fusion-model LGU
    bureau:U>bureau created:dt fusion_uri:s@w model:U>model@w status:s{JOBST4}@w updated:dt
    uri:U>fusion-model version:i@w
fusion-oauth-settings LPG
    bureau:U>bureau client_id:s@w client_secret:s@w
    provider:s{autodesk-fusion-bureau|autodesk-fusion-user}@w uri:U>fusion-oauth-settings
fusion-printer-type LPG
    bureau:U>bureau created:dt machine_model:s@w name:s@w printer_type:U>printer-type@w updated:dt
    uri:U>fusion-printer-type vendor:s@w
fusion-settings LPG
    builds_project_id:s@w bureau:U>bureau hub_id:s@w model_library_project_id:s@w uri:U>fusion-settings
fusion-work-item LG
    attempts:i@w bureau:U>bureau created:dt latest_attempt_report:L@w parameters:o@w queue_entries:a@w
    related_resource_uri:L@w status:s{new|processing|completed|queued|error}@w updated:dt
    uri:U>fusion-work-item
guideline/comparator LPG
    bureau:U>bureau name:s{equals|greater_than|less_than|contains|before|after|on}@w
guideline/for-process-step LPG
    bureau:U>bureau description:s@w disabled:b@w guideline_expressions:a@w join_operator:s{and|or}@w
    name:s@w process_step_template:U@w summary:s@w uri:U>guideline/for-process-step
guideline/for-work-instruction LPG
    bureau:U>bureau description:s@w disabled:b@w guideline_expressions:a@w join_operator:s{and|or}@w
    name:s@w related_workstation_uri:L@w summary:s@w uri:U>guideline/for-work-instruction
    work_instruction_template:U@w
guideline/named-expression LPG
    bureau:U>bureau comparators:a@w disabled:b@w input_type:s{date|string|number}@w name:s@w
    named_expression_options:a@w type:s{order|line-item|process-step}@w uri:U>guideline/named-expression
installer G
    architecture:s{x86|amd64}@w download:s@w
    installer:s{AuthentiseUpdate|CatalystSlicer|Echo|StreamicsConnector}@w platform:s{mac|windows}@w
    type:s{exe|msi}@w version:s@w
integration LG
    bureau:U>bureau context:o enabled:b@w
    name:s{castor3d|pathfindr|stripe|basic_model_conversion|premium_model_conversion|threads_comments_in_flows|mailgun|autodesk_fusion|paperless_parts|digifabster|auto_document_parsing|three_d_spark}@w
    test_date:dt@w test_status:s{ok|warning|error|queued|running|unknown}@w
library LPG
    bureau:U>bureau name:s owner:L>users@w uri:U>library
line-item-estimate LG
    labor_duration:td@w line_item:U>line-item@w uri:U>line-item-estimate workstation_duration:td@w
line-item-netfabb LPG
    action:s{upload|download}@w forge_folder_id:s@w forge_project_id:s@w last_action:s{upload|download}@w
    last_action_finished_at:dt@w last_action_started_at:dt@w
    last_action_status:s{in_progress|complete|error}@w line_item:U>line-item@w netfabb_project_id:s@w
    order:U>order@w uri:U>line-item-netfabb
line-item-quote LGU
    line_item:U>line-item@w manual_price_per:f@w public_notes:s@w total_price_per:f@w
    uri:U>line-item-quote work_steps_quote_details:a@w workflow:U>workflow@w
line-item-report LPG
    bureau:U>bureau content:L@w created:dt end:dt@w start:dt@w status:s{JOBST4}@w uri:U>line-item-report
    user:U>users
line-item-workstep-cost-estimate LPG
    line_item:U>line-item@w number_of_runs:i@w overhead_cost_per_piece_in_run:f@w
    overhead_cost_per_run:f@w process_step:U>process-step@w updated:dt updated_by:U>users
    uri:U>line-item-workstep-cost-estimate
line-item-workstep-estimate LPG
    labor_duration:td@w line_item:U>line-item@w process_step:U>process-step@w updated:dt
    updated_by:U>users uri:U>line-item-workstep-estimate workstation_duration:td@w
location-settings LPG
    location:U>location@w notification_line_items_confirmed:b=False@w
    notification_order_completed:b=False@w notification_order_created:b=False@w
    notification_order_owner:b=False@w notification_order_scheduled:b=False@w
    notification_order_shipped:b=False@w notification_order_started_printing:b=False@w
    notification_print_error:b=False@w uri:U>location-settings
logs PG
    echo_version:s@w logs:a@w workstation_name:s@w
material-test/instruction LPG
    bureau:U>bureau description:s@w material_test_operation:U@w material_work_checklist:U@w name:s@w
    position:i=1@w unit:U@w uri:U>material-test/instruction
material-test/instruction-report LPG
    bureau:U>bureau material_test_instruction:U@w material_test_panel:U@w notes:s@w unit:U@w
    uri:U>material-test/instruction-report value:f@w
material-test/operation LPG
    archived:dt@w bureau:U>bureau by_customer:U@w description:s@w name:s@w unit:U@w unit_options:a@w
    uri:U>material-test/operation
material-test/panel LPG
    bureau:U>bureau completion_date:dt@w material_test_reports:a@w name:s@w sample:U>sample@w
    start_date:dt@w uri:U>material-test/panel
material-test/unit LPG
    bureau:U>bureau description:s@w symbol:s@w uri:U>material-test/unit
memberships LPGU
    group:U>groups@w uri:U>memberships user:U>users
model-library LPG
    additive:o@w created:dt custom_field_values:a@w default_customer_id:s@w desired_quantity:i=1@w
    labels:a>label@w name:s@w notes:s@w owner:L>users@w snapshot_content:s@w type:s{USE}@w updated:dt
    uri:U>model-library workflow:U>workflow@w
msnav-import/file LPG
    bureau:U>bureau content:L@w created:dt error:s@w msnav_id:s@w msnav_workflows:a@w name:s@w notes:s@w
    status:s{not-uploaded|uploaded|processing|processed|error}@w upload_location:s@w
    uri:U>msnav-import/file msnav_workflow:U@w workflow:U>workflow@w
msnav-import/file-to-order LPG
    bureau:U>bureau error:s@w msnav_file:U@w
    status:s{pending|making-line-item|making-order|complete|error}@w uri:U>msnav-import/file-to-order
    workflow:U>workflow@w
msnav-import/workflow LPG
    bureau:U>bureau msnav_files:a@w name:s@w uri:U>msnav-import/workflow workflow:U>workflow@w
nebumind-analysis LPG
    created:dt currency:s@w indications:a@w nebumind_user_name:s@w nebumind_user_password:s@w notes:s@w
    piece:U>piece@w status:s{new|in_progress|complete|error}@w updated:dt uri:U>nebumind-analysis
    visualization:s@w
"""
