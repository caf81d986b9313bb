"""People, places, workflows and the rest that gives the others their context."""

TABLE = """
event LG
    bureau:U>bureau created:dt current_value:x@w key:s@w previous_value:x@w reference:L@w uri:U>event
    user:U>users
notifications LPG
    context:o@w created:dt emails:a@w reply_to:s@w template:s{NOTICE}@w uri:U>notifications user:U>users
bureau-notification LPG
    author_name:s@w bureau:U>bureau created:dt text:s@w uri:U>bureau-notification
users LPGUD
    address:s archived:b=False@w blocked_until:dt bureau:U>bureau company:s@w contactless_enabled:b=False
    context:o conversion_expert_uuid:id email:s@w emails:a@w enable_contactless_logon:b
    get_contactless_logon:b group:U>groups@w is_self_registered:b=False login:b=True name:s@w password:s
    qr_logon_code:s submit:s tos:b=False@w uri:U>users username:s@r uuid:id
groups LPG
    description:s@w name:s@w secret:s@w subgroups:a@w uri:s
location LPGUD
    address:s@w admin_group:U>groups@w bureau:U>bureau@w contact:U>users@w countries_served:a@w name:s@r
    order_completion_note:s@w phone:s@w standard_group:U>groups@w uri:U>location
sub-location LPGUD
    archived:dt@w bureau:U>bureau@w description:s@w is_default:b@w location:U>location@w name:s@r
    uri:U>sub-location
workflow LPGU
    description:s@w flow_time:td flow_time_queued:td include_custom_workflows:b@f integrated:b=False@w
    labels:a>label@w line_item:U>line-item@w materials:a>material@w name:s@r name_ilike:b@f pieces:a>piece
    process_steps:a>process-step@w source_workflow:U>workflow specimens:a@w
    type:s{additive_manufacturing|specimen|powder_manufacturing}=additive_manufacturing@w updated:dt
    updated_by:U>users uri:U>workflow usage_state:s{archived|active|can_be_safely_archived|inactive}@w
process-step LPGUD
    additive:o@w bureau:U>bureau flow_time:td@w flow_time_queued:td@w is_service:b=False@w name:s@w
    notes:s{optional|required|hidden}@w
    shipping_direction:s{bureau_to_customer|bureau_to_service_provider|service_provider_to_bureau}@w
    source_process_step:U>process-step@w step_positions:a@w success:s{optional|required|hidden}@w
    tracking_id:s{optional|required|hidden}@w upload:s{optional|required|hidden}@w uri:U>process-step
    workflows:a>workflow@w workstation:L>printer|post-processor|shipping@w
    workstation_type_uri:L>printer-type|post-processor-type|shipping@w
bureau LG
    description:s@w group:U>groups@w name:s@w notifications:o@w order_banner:o@w reply_to:s@w uri:U>bureau
    user:U>users
feature LGU
    bureau:U>bureau description:s enabled:b@w name:s{FEATURE} uri:U>feature
role LPGU
    bureau:U>bureau csrf_token:s@w emails:a@w hide_info:s{financial}@w highest_only:b@f
    location:U>location@w name:s@w
    role:s{manager|location-manager|global-user|standard-user|location-user|restricted|unknown|self-registered-guest}@w
    uri:U>role user:U>users@f username:s@w
comment LPGU
    author_name:s comment_action:o created:dt mentioned_users:a>users
    related_table_name:s{order|line_item|prep_task_record|model_library|run|service_provider_job|piece}@r
    related_uuid:id@r text:s@r text_ilike:b=False updated:dt uri:U>comment user:U>users username:s
document LPGU
    archived:dt@w auto_parse:b=False@w content:s@w created:dt document_parser_reports:a@w name:s@w
    parser_template:U@w previous_document:U@w previous_documents:a@w related_resources:a@w
    related_table_name:s{DOCUMENTOF}@f related_uuid:a@f snapshot:s@w snapshot_content:s@w
    upload_location:s@w uri:U>document user:U>users virus_scan:s{unscanned|passed|quarantined}=unscanned@w
custom_field LPGU
    default_value:s@w description:s@w edited_by:U>users@w enabled:b=True@w field_id:s@w field_name:s@w
    format:s{currency}@w is_smart:b@w is_visible_for_restricted:b=True@w meta:o@w options:a@w position:i@w
    related_table_name:s@w required:b=False@w rights:a@w
    type:s{text|textarea|table|integer|float|array|date|checkbox|url}@w uri:U>custom_field use_count:i@w
assignment LG
    assignee_edit_group:U@w assignee_user:U@w created:dt created_by:U>users@w is_active:b@w name:s@w
    related_object_status:s@w
    related_table_name:s{order|line_item|downtime|prep_task_record|comment_action|stock}@w related_uri:L@w
    related_uuid:id@w uri:U>assignment
label LPGU
    bureau:U>bureau color:s@w description:s@w editable:b@w items:a@w name:s@w uri:U>label
label-relationship LPG
    bureau:U>bureau label:U>label@w target_uri:L@w uri:U>label-relationship
model LPG
    action:s{mesh_heal_via_Authentise|processing_mesh_heal_via_Authentise}@w allowed_transformations:o@w
    analyses:o@w auto-align:b@w callback:o@w children:a@w content:s@w conversion_notes:s@w
    conversion_original_content:s@w conversion_original_filename:s@w
    conversion_original_type:s{CADFORMAT}@w
    conversion_status:s{new|pending|downloading|repairing|processing|uploading|complete|complete-without-upload|failed}@w
    created:dt design_file:U>design-file@w expert_conversion:U>expert-conversion@w file_size:i@w
    file_unit:s{in|mm|cm|m|feet}=mm@w manufacturing_orientation:o@w mfg_oriented_content:s@w name:s@w
    parents:a@w polygons:i@w replaced_models:a@w rights:a@w size:o@w snapshot:s@w snapshot_content:s@w
    status:s{not-uploaded|converting|processing|processed|external-process|error|repaired|irreparable|inoperable|file-too-large}@w
    surface_area_mm:f@w type:s{stl}@w updated:dt upload-location:s@w uri:U>model user_unit:s{in|mm}=mm@w
    user_uri:U@w virus_scan:s{unscanned|passed|quarantined}=unscanned@w volume_mm:f@w
    zverse_conversion:U>zverse-conversion@w
manufacturer LPG
    address:s@w base_template:U>manufacturer@w contact:o@w custom_field_values:a@w is_template:b=False@w
    name:s@w notes:s@w support:o@w uri:U>manufacturer
custom-group LPG
    by_user:U@f created:dt description:s@w members:a>users@w name:s@w updated:dt uri:U>custom-group
api_tokens PG
    name:s@r secret:s user_uuid:id uuid:id
bureau-settings LG
    autologout_after:i@w barcode_default_format:s{barcode|qr}@w bureau:U>bureau
    contactless_logon_enabled:b@w contactless_logon_timeout:i@w custom_helpdesk_uri:L@w
    default_currency:s@w default_location:U>location@w default_prep_workflow:U@w
    default_units:s{in|mm}@w default_workflow:U@w email_reply_to:s@w email_sender_name:s@w force:b@w
    hourly_design_cost:f@w last_scheduled:dt@w mes_base_format:s{stl|3mf}@w notification_custom_emails:a@w
    notification_guest_registered:s@w notification_line_items_confirmed:i@w
    notification_order_completed:i@w notification_order_created:i@w notification_order_owner:i@w
    notification_order_scheduled:i@w notification_order_shipped:i@w
    notification_order_started_printing:i@w notification_print_error:i@w order_quote_notes_placeholder:s@w
    save_user_rotation:s{never|always|ask_each_time}@w scheduling_frequency:i@w uri:U>bureau-settings
"""
