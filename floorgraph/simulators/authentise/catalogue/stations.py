"""Stations: machines, their types, what is loaded in them and when they are down."""

TABLE = """
workstation LG
    archived:dt@w description:s@w in_progress_max:i location:U>location@w name:s@w updated:dt
    updated_by:U>users uri:L>printer|post-processor|shipping workstation_type:s@w
printer LPGUD
    archived:dt@w available_at:dt description:s@w flow_time:td flow_time_queued:td in_progress:a>run@i
    in_progress_max:i include_archived:b@f location:U>location@w modeler:U>modeler@w name:s@r
    printer_type:U>printer-type@r queue:a>run@w sub_location:U>sub-location@w updated:dt
    updated_by:U>users uri:U>printer
printer-type LPGUD
    active_printers:a>printer base_template:U>printer-type
    build_packer_type:s{pack2d|pack3d|user_managed|pack3d_premium|autodesk_fusion}=pack2d@w
    build_plate_shape:s{rectangular|circular}@w build_volume:o@w constant_overhead:f@w
    custom_print_time_estimator:U>custom-print-time-estimator@w description:s@w
    edit_group:U>custom-group@w flow_time:td flow_time_queued:td in_progress_max:i infill_strategies:a@w
    integrated:b=False@w is_modular:b=False@w is_template:b=False manufacturer:U>manufacturer@w
    manufacturing_process:s{PROC}@w material_cost_scale_factor:i=1@w
    material_mode:s{single_material|multiple_material_per_run}=single_material@w materials:a>material@w
    min_packing_distance:f=5@w name:s@r overhead_per_line_item:f@w print_cost_scale_factor:i=1@w
    running_cost_per_hour:f@w support_strategies:a@w time_after_print:td=0@w time_before_print:td=0@w
    type:s uri:U>printer-type
post-processor LPGUD
    archived:dt@w duration:td flow_time:td flow_time_queued:td in_progress:a>run@i in_progress_max:i
    include_archived:b@f is_service:b=False@w location:U>location@w location_name:s modeler:U>modeler@w
    name:s@w post_processor_special_type:s{non_conformance_review}
    post_processor_type:U>post-processor-type@r post_processor_type_name:s queue:a>run@w
    sub_location:U>sub-location@w updated:dt updated_by:U>users uri:U>post-processor
post-processor-type LPGUD
    active_post_processors:a>post-processor archived:dt@w archived_post_processors:a>post-processor
    batching_strategy:s{BATCHING}=match_previous@w build_volume:o@w cost:f@w description:s@w duration:td@w
    edit_group:U>custom-group@w flow_time:td flow_time_queued:td in_progress_max:i=10 integrated:b=False@w
    is_modular:b=False@w manufacturer:U>manufacturer@w materials:a>material@w min_packing_distance:f@w
    name:s@r number_of_parts:i@w overhead_cost_per_piece_in_run:f=0@w overhead_cost_per_run:f=0@w
    special_type:s{non_conformance_review}@w uri:U>post-processor-type
shipping LPGUD
    batching_strategy:s{BATCHING}=single@w build_volume:o@w bureau:U>bureau cost:f@w description:s@w
    flow_time:td flow_time_queued:td in_progress:a>run@i in_progress_max:i min_packing_distance:f@w
    name:s@r number_of_parts:i@w
    region:s{africa|antarctica|asia|australia|europe|north-america|south-america}@w uri:U>shipping
modeler LPGU
    cassettes:a>cassette connected:b=True@w current_build:U>build description:s@w error:s
    history_collection_frequency:s{daily|monthly|never}@w ip_address:s@w latest_upload:dt name:s@r
    password:s@w serial_number:s@w status:s{MODST} type:U>modeler-type@r updated:dt uri:U>modeler
    username:s@w watermark:s@w
modeler-type LG
    capture_types:a@w description:s@w manufacturer:s@w name:s@w technology:s{PROC}@w uri:U>modeler-type
modeler-printing-preset LPG
    active:b=True@w bureau:U>bureau description:s@w modeler:U>modeler@w name:s@w preset_list:a@w
modeler-command LPGU
    build-file:U>build-file@w bureau:U>bureau created:dt job_external_id:s@w
    machine_job_file:U>machine-job-file@w modeler:U>modeler@r printing_preset:s@w response:s run:U>run@w
    status:s{new|processing|complete|error}=new
    type:s{start_job|pause_job|resume_job|cancel_job|check_configuration}@r uri:U>modeler-command
jeni-cluster LPGU
    ip_address:s@w jeni_post_processor_types:a>jeni-post-processor-type@w
    jeni_printer_types:a>jeni-printer-type@w location:U>location@w modeler:U>modeler name:s@r
    status:s{MODST} sub_location:U>sub-location@w uri:U>jeni-cluster workflow:U>workflow@w
mline-laser-processing-system LG
    build:U>material-container@w dose:U>material-container@w overflow:U>material-container@w
    printer:U>printer@w uri:U>mline-laser-processing-system
mline-material-handling-system LPG
    cyclone:U>material-container@w input_module:U>material-container@w
    output_module:U>material-container@w post_processor:U>post-processor@w
    uri:U>mline-material-handling-system
workstation-capacity-data LG
    actual_time:i@w available_time:i@w bureau:U>bureau created:dt date:d@w downtime_minutes:i=0@w
    potential_time:i@w related_table_name:s{printer|post_processor|shipping}@w related_uuid:id@w
    updated:dt uri:U>workstation-capacity-data uuid:id
downtime LPGUD
    assigned_user:U>users@w bureau:U>bureau@w custom_field_values:a@w description:s@w finish:dt@r
    post_processor:U>post-processor@w printer:U>printer@w shipping:U>shipping@w start:dt@r
    status:s{scheduled|in_progress|complete}@w uri:U>downtime
work-schedule LPG
    post_processor_type:U>post-processor-type@w printer_type:U>printer-type@w type:s{non_stop|calendar}@w
    uri:U>work-schedule utc_offset:f=0@w week:o@w
labor LPG
    duration:td@w post_processor_type:U>post-processor-type@w printer_type:U>printer-type@w
    type:s{labor_to_start|labor_to_run}@w uri:U>labor
sensor LPGU
    bureau:U>bureau frequency:i=15@w serial_number:s@w state:s{new|idle|error}=new@w
    sub_location:U>sub-location@w uri:U>sensor
sensor-data LG
    humidity:f@w sensor:U>sensor@w temperature:f@w timestamp:s@w updated:dt uri:U>sensor-data
cassette LPG
    created:dt description:s@w initial_material:f@w manufactured_date:d@w manufactured_lot:s@w
    material:U>material@w modeler:U>modeler@w name:s@w remaining_material:f@w serial_number:s@w spool:s@w
    status:s{active|loaded|unknown}@w uri:U>cassette
capture LPG
    addiguru_installation:U>addiguru-installation@w capture_type:U>capture-type@w
    capture_type_name:s{CAPTURE}@w content_download:U@w content_parsed_download:U@w content_upload:s@w
    created:dt meta:o@w modeler:U>modeler@w printer_names:a@w
    status:s{complete|failed|new|processing|batch_processing}@w updated:dt uri:U>capture user:U>users
tooling-type LPG
    archive:b@w archived:dt@w bureau:U>bureau description:s@w include_archived:b@f name:s@w
    refurbish_after:i=1@w refurbish_required_info:s@w service_provider:U>service-provider@w
    uri:U>tooling-type
tooling-stock LPGU
    archive:b@w archived:dt@w bureau:U>bureau include_archived:b@f lifetime_use_count:i@w
    location:U>location@w name:s@w notes:s@w run:U>run@w
    status:s{new|idle|in-use|needs-refurbishment|doing-refurbishment|refurbished|archived}@w
    sub_location:U>sub-location@w type:U>tooling-type@w uri:U>tooling-stock use_count:i@w
tooling-stock-action LPG
    action_type:s{relocate|record_tests|make_ready_for_use|put_into_use|complete_use|mark_needs_refurbish|send_to_refurbish|complete_refurbish|discard}@w
    created:dt metadata:o@w notes:s@w service_provider:U>service-provider@w
    tooling_stock:U>tooling-stock@w uri:U>tooling-stock-action user:U>users
tool-link LG
    active:b@w created:dt run:U>run@w tool:U>tooling-stock@w type:U>tooling-type@w uri:U>tool-link
"""
