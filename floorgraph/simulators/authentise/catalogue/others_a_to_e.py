"""Documented resources the shop has nothing in, A to E: they list empty and take what is posted."""

TABLE = """
addiguru-analysis LGU
    addiguru_id:s@w addiguru_installation:U>addiguru-installation@w anomalies:i@w
    anomaly_status:s{addressed|unaddressed}@w bureau:U>bureau created:dt defects:i@w end_time:dt@w
    layer_count:i@w printer:U>printer@w run:U>run@w start_time:dt@w status:s@w total_anomalies:i@w
    updated:dt uri:U>addiguru-analysis
addiguru-anomaly LG
    addiguru_analysis:U>addiguru-analysis@w addiguru_indicator:U@w anomaly_classification:s@w boundary:s@w
    bureau:U>bureau created:dt is_anomaly:b@w is_defect:b@w layer_number:i@w shape:s@w
    status:s{addressed|unaddressed}@w updated:dt uri:U>addiguru-anomaly
addiguru-indicators LG
    addiguru_analysis:U>addiguru-analysis@w addiguru_id:s@w bureau:U>bureau layer_number:i@w
    start_time:dt@w uri:U>addiguru-indicators
addiguru-installation LPG
    archived:dt@w bureau:U>bureau created:dt ecco:U>ecco@w
    health:s{healthy|unreachable|authentication_error|configuration_error|degraded|unknown}=unknown@w
    health_check_on:dt@w include_archived:b@f ip_address:s@w name:s@w password:s@w updated:dt
    uri:U>addiguru-installation username:s@w
anatomical-model LPG
    accession_number:s@w assemblies_quantity:i@w build_file:s@w build_file_status:s{JOBST4}@w case_id:s@w
    created:dt date_sent:dt@w description:s@w format_version:s@w medical_record_number:s@w name:s@w
    notes:s@w parts_quantity:i@w recreate_build_file:b=False@w scale_to_print:i=100@w updated:dt
    uri:U>anatomical-model version:i@w
anatomical-model-assembly LPG
    anatomical_model:U>anatomical-model@w assembly_type:s{none|glued|magnet}@w created:dt name:s@w
    parts_quantity:i@w printing_tech:s@w updated:dt uri:U>anatomical-model-assembly
anatomical-model-part LPG
    anatomical_model_assembly:U>anatomical-model-assembly@w assembly_type:s{none|glued|magnet}@w color:s@w
    color_opacity:f=1.0@w created:dt download_location:s@w file_name:s@w file_size:i@w finish:s@w
    flexibility:i@w hollow_shells:f=0@w material:s@w name:s@w notes:s@w printer_anatomy_element:s@w
    printer_anatomy_family:s@w printer_anatomy_properties:s@w rotation_x:f@w rotation_y:f@w rotation_z:f@w
    snapshot_location:s@w solid_infill:b=False@w
    status:s{not-uploaded|converting|processing|processed|external-process|error|repaired|irreparable|inoperable|file-too-large}@w
    to_be_printed:b=False@w updated:dt uri:U>anatomical-model-part
asset LPG
    action:s{mesh_heal_via_Authentise|processing_mesh_heal_via_Authentise}@w allowed_transformations:o@w
    analyses:o@w auto-align:b@w callback:o@w children:a@w content:s@w conversion_notes:s@w
    conversion_original_content:s@w conversion_original_filename:s@w
    conversion_original_type:s{CADFORMAT}@w
    conversion_status:s{new|pending|downloading|repairing|processing|uploading|complete|complete-without-upload|failed}@w
    created:dt description:s@w design_file:U>design-file@w expert_conversion:U>expert-conversion@w
    file_size:i@w file_unit:s{in|mm|cm|m|feet}=mm@w manufacturing_orientation:o@w mfg_oriented_content:s@w
    model:U>model@w name:s@w parents:a@w polygons:i@w replaced_models:a@w rights:a@w size:o@w snapshot:s@w
    snapshot_content:s@w
    status:s{not-uploaded|converting|processing|processed|external-process|error|repaired|irreparable|inoperable|file-too-large}@w
    surface_area_mm:f@w type:s{stl}@w updated:dt upload-location:s@w uri:U>asset user_unit:s{in|mm}=mm@w
    user_uri:U@w versions:a@w virus_scan:s{unscanned|passed|quarantined}=unscanned@w volume_mm:f@w
    zverse_conversion:U>zverse-conversion@w
asset-version LPG
    asset:U>asset@w created:dt message:s@w new_model:U@w original_model:U@w uri:U>asset-version
    user:U>users
bureau-branding LG
    bureau:U>bureau favicon:U@w favicon_content:s@w logo:U@w logo_content:s@w order_header_image:s@w
    order_header_image_content:s@w order_header_text:s@w order_pretable_text:s@w
    order_show_page_number:b@w order_table_bg_color:s@w order_table_delivery_info:s@w
    order_table_footer:s@w order_table_header_bg_color:s@w order_table_header_color:s@w
    order_table_post_table:s@w order_table_row_bottom_color:s@w
    order_table_show_column_borders:b@w order_table_show_row_borders:b@w uri:U>bureau-branding
    ux_style:s@w
bureau-intake-settings LG
    bureau:U>bureau default_labor_charge_per:f@w default_labor_time:td@w
    default_machine_run_charge_per:f@w default_machine_run_time:td@w default_workstation_charge_per:f@w
    default_workstation_time:td@w uri:U>bureau-intake-settings
capture-type LG
    capture_type:s@w interval:i@w modeler_type:U>modeler-type@w uri:U>capture-type
carousel LPG
    parent:L@w snapshots:a@w uri:U>carousel
castor-costing LG
    castor_new_config_url:L@w castor_project_id:s@w currency:s@w model:U>model@w
    model-library:U>model-library@w notes:s@w process_done_on:dt@w sent_on:dt@w
    status:s{new|pending|project_up|project_up_failed|files_up|files_up_failed|processing|up_to_date|refetch_needed|failed}@w
    updated:dt uri:U>castor-costing
castor-costing-config LPG
    additive_is_cost_saving:b@w additive_lead_time_days:i@w
    additive_manufacturable:s{printable|printable-with-support|printable-with-supports|not-printable}@w
    additive_material_name:s@w additive_status:s@w additive_target_printer:s@w
    additive_target_printer_company:s@w additive_total_cost:f@w castor_costing:U>castor-costing@w
    configuration_castor_material_id:s@w configuration_material:U@w configuration_material_name:s@w
    configuration_name:s@w configuration_quantity:i@w configuration_status:s@w configuration_ui_url:L@w
    configuration_years_of_demand:i@w traditional_lead_time_days:i@w traditional_method_name:s@w
    traditional_total_cost:f@w uri:U>castor-costing-config
comment-action LG
    assignee_user:U@w comment:U>comment@w completed:dt@w created:dt created_by:U>users@w
    related_table_name:s{order|line_item|prep_task_record|model_library|run|service_provider_job|piece}@w
    related_uri:L@w related_uuid:id@w status:s{new|in-progress|complete}@w updated:dt uri:U>comment-action
cost-report LPG
    cost:f@w cost_per_mm3:f@w end:dt@w material:U>material@w start:dt@w uri:U>cost-report
currency-conversion LPG
    currency:s@w is_bureau_default:b@w updated:dt uri:U>currency-conversion value:f@w
custom-print-time-estimator LPG
    bureau:U>bureau estimator_type:s{digifabster_estimator}@w name:s@w uri:s
design-file LPG
    content:s@w created:dt file_size:i@w format:s{DESIGNFORMAT}@w name:s@w notes:s@w product:U>product@w
    status:s{new|processing|processed|error}@w type:s{single-mesh}@w updated:dt upload_location:s@w
    uri:U>design-file user:U>users virus_scan:s{unscanned|passed|quarantined}=unscanned@w
digifabster-managed-integration LPG
    api_token:s@w bureau:U>bureau name:s@w uri:U>digifabster-managed-integration user:U>users
document-parser-instruction LPG
    name:s@w parser_template:U@w position:i@w uri:U>document-parser-instruction
document-parser-instruction-report LPG
    auto_parsing_job:U@w document:U>document@w parser_instruction:U@w unit:s@w
    uri:U>document-parser-instruction-report user:U>users value:s@w
document-parser-template LPG
    bureau:U>bureau description:s@w document:U>document@w name:s@w parent_parser_template:U@w
    uri:U>document-parser-template
ecco LPG
    bureau:U>bureau enabled:b=True@w health:s{healthy|unreachable|degraded|unknown}=unknown@w
    health_check_on:dt@w os_architecture:s@w os_name:s@w os_version:s@w uri:U>ecco uuid:s version:s@w
expert-conversion LPG
    created:dt filename:s@w model:U>model@w notes:s@w status:s{new|pending|submitted|complete|error}@w
    updated:dt uri:U>expert-conversion
external-estimate PG
    base_material_usage:f@w callback:o@w error:s@w layer_change_speed:f=2.0@w model:U>model@w
    print_time:i@w status:s{complete}@w support_material_usage:f@w uri:U>external-estimate
    volume_per_second:f=30@w
"""
