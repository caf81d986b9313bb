"""Pieces, their steps, and how they are laid out and packed."""

TABLE = """
layout PG
    build:o@r callback:o@w do_build_volume_check:b=True@w error:s fill_percentage:f
    min_packing_distance:f@w models:a>model|print@r positions:a
    status:s{queued|processing|complete|error}=queued uri:U>layout
packing-process LPG
    bureau:U>bureau create_runs:U>create-runs do_build_volume_check:b=True@w
    on_failure:s{split-builds|ignore|notify-user}=ignore@w on_success:s{notify-user|silent}=silent@w
    pieces:a>piece@r printer:U>printer@r run:U>run status:s{JOBST4} uri:U>packing-process
build-file LPGU
    archived:dt@w content:s created:dt error:s file_size:i file_unit:s{in|mm|cm|m|feet}@w
    format:s{stl|3mf|zip|gcode|crs}@w layout:U>layout@w name:s@r notes:s@w printer_type:U>printer-type@w
    run:U>run@w snapshot_content:s source_build_file:U>build-file@w status:s{JOBST4}=pending updated:dt
    upload_location:s uri:U>build-file user:U>users virus_scan:s{unscanned|passed|quarantined}=unscanned
build-file-library LPG
    build_file_template:U>build-file@w created:dt layout_template:U>layout@w models:a>model@w name:s@w
    owner:L>users@w pieces:a>piece@w run_template:U>run@w updated:dt uri:U>build-file-library
    workflows:a>workflow@w
build-file-library-produce LPG
    build_file_library:U>build-file-library@w docs:s notes:s status:s{JOBST4}@w
    uri:U>build-file-library-produce
merge PG
    build_file:U>build-file@w created:dt description:s@w name:s@w uri:U>merge
slice LPG
    build_file:U>build-file@w callback:o@w content:s@w error:s@w estimated_slicing_time_ms:i@w
    estimates:o@w model:U>model@w slice_time:s@w slicer_config:U>slicer-config@w slicer_config_raw:U@w
    status:s@w uri:U>slice use_vision:b=False@w user:U>users
machine-job-file LPG
    bureau:U>bureau content:L@w uri:U>machine-job-file
piece LGU
    available_for_printer:U@f copy:i created:dt current_print:U>print current_step_position:i
    external_print_analysis:o is_line_item_deleted:b is_order_deleted:b layer_thickness:f
    line_item:U>line-item line_item_status:s{LINEST} location:U>location@w material:U>material
    material_name:s model:U>model name:s@w no_model_upload:b notes:s@w order:U>order order_due_date:dt
    order_name:s owner:U>users@w priority:i@w remanufactured_to:U>piece reworked:b size:i
    status:s{PIECEST} type:s{USE} updated:dt uri:U>piece workflow:U>workflow
print LG
    base_material:id@w bureau:U>bureau copy:i@w filter_by_line_item_status:b@f layer_thickness:f@w
    line_item:U>line-item@w location:id@w material_name:s@w name:s@w order:U>order@w order_due_date:s@w
    order_name:s@w order_step_status:s{complete|error|new|processing}@w piece:U>piece@w piece_priority:i@w
    printer:id@w process_step:U>process-step process_step_position:i remanufactured_to:id@w run:U>run@w
    size:i@w status:s@w type:s{USE}@w uri:U>print work_needed:b@f workflow:U>workflow
pieces-by-run LG
    line_item:U>line-item@w line_item_name:s@w order_customer_id:s@w order_name:s@w piece:U>piece@w
    piece_name:s@w piece_status:s{PIECEST}@w reworked:b@w run:U>run@w workflow_name:s@w
flat-piece LG
    current_process_step_position:i@w current_process_step_run_name:s@w current_process_step_run_uuid:id@w
    current_process_step_status:s@w current_process_step_workstation_name:s@w
    current_work_instruction_description:s@w current_work_instruction_position:i@w
    current_work_instruction_uuid:id@w first_run_end:dt@w first_run_start:dt@w line_item_name:s@w
    line_item_uuid:id@w order_customer_id:s@w order_name:s@w order_uuid:id@w
    past_process_step_completion_date:dt@w past_work_instruction_step_completion_date:dt@w
    print_run_name:s@w print_run_uuid:id@w process_step_workstation_type_name:s@w
    process_step_workstation_type_uuid:s@w total_process_steps:i@w
    total_work_instructions_in_current_process_step:i@w uuid:id
piece-actuals LG
    created:dt end_in_progress_time:dt@w per_step_details:a@w piece:U>piece@w start_in_progress_time:dt@w
    total_cost:f@w updated:dt uri:U>piece-actuals
specimen LPG
    created:dt model_library:U>model-library@w parent_workflow:U>workflow@w quantity:i=1@w updated:dt
    uri:U>specimen workflow:U>workflow@w
sample LPG
    bureau:U>bureau material_batch:U>material-batch@w name:s@w source_action:U@w uri:U>sample
work-instruction-report LPG
    bureau:U>bureau completed:dt outside_threshold:b@w print:U>print@w prints:a>print@r report:s@r
    report_file:o uri:U>work-instruction-report user:U>users work_instruction:id@r
work-instruction-report-summary LPG
    bureau:U>bureau completed:dt@f order:U>order@w piece:U>piece@w piece_name:s@w print:U>print@w
    run:U>run@w run_name:s@w work_checklist:U>work-checklist@w work_checklist_name:s@w
    work_instructions_summary:a@w workflow:U>workflow@w
work-checklist LG
    additional_instruction_url:L@w bureau:U>bureau created:dt description:s@w initial_related_uri:L@w
    name:s@w updated:dt updated_by:U>users uri:U>work-checklist version:i@w work_instructions:a@w
access-info-for-resource LG
    actions:a@w target_uri:L@w
"""
